package io.socp.relay.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.socp.relay.daemon.config.LogOptions;
import io.socp.relay.daemon.log.BurstLimit.Kind;
import io.socp.relay.daemon.log.BurstLimit.LeftOut;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Hands on what its {@link BurstLimit} admits; operators' orders always. Thread-safe. */
final class BurstLimitedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private final LoggerContext loggers;
    private final LogOptions.Format format;
    private final Appender<ILoggingEvent> target;
    private final BurstLimit limit;
    private @Nullable ScheduledFuture<?> reports;

    BurstLimitedAppender(
            LoggerContext loggers,
            LogOptions.Format format,
            Appender<ILoggingEvent> target,
            BurstLimit limit) {
        this.format = format;
        this.loggers = loggers;
        this.target = target;
        this.limit = limit;
    }

    /** What the target writes. */
    LogOptions.Format format() {
        return format;
    }

    /** Says how much was left out, also when nobody writes any more; until it is stopped. */
    void reportByItself() {
        if (reports != null) {
            return;
        }
        long everyMs = BurstLimit.REPORT_INTERVAL.toMillis();
        reports =
                loggers.getScheduledExecutorService()
                        .scheduleWithFixedDelay(
                                () -> report(event(LogSetup.OURS, Level.INFO, "").getTimeStamp()),
                                everyMs,
                                everyMs,
                                TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        super.stop();
        if (reports != null) {
            reports.cancel(false);
        }
        target.stop();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLoggerName().equals(LogSetup.AUDIT) || isAdmitted(event)) {
            target.doAppend(event);
        }
        report(event.getTimeStamp());
    }

    private boolean isAdmitted(ILoggingEvent event) {
        Kind kind =
                new Kind(
                        event.getLoggerName(),
                        event.getLevel().toString(),
                        String.valueOf(event.getMessage()));
        return limit.admits(kind, event.getTimeStamp());
    }

    private void report(long nowMs) {
        for (LeftOut left : limit.due(nowMs)) {
            target.doAppend(
                    event(
                            left.kind().logger(),
                            Level.toLevel(left.kind().level()),
                            left.lines() + " more suppressed: " + left.kind().sentence()));
        }
    }

    private LoggingEvent event(String logger, Level level, String text) {
        return new LoggingEvent(
                BurstLimitedAppender.class.getName(),
                loggers.getLogger(logger),
                level,
                text,
                null,
                null);
    }
}
