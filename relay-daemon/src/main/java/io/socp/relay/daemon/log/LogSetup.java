package io.socp.relay.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.socp.relay.daemon.config.LogOptions;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go, how they are written, and which are. Thread-safe; the log is the whole
 * process's. All of it goes to standard error, since standard output belongs to the command line's
 * contract; operators' orders to where the options say.
 */
@ThreadSafe
public final class LogSetup {

    /** The logger of operators' orders. */
    static final String AUDIT = "io.socp.relay.audit";

    static final String OURS = "io.socp.relay";

    private static final String NETTY = "io.netty";
    private static final String MAIN_APPENDER = "log";
    private static final String AUDIT_APPENDER = "audit";

    private final LoggerContext loggers;

    public LogSetup() {
        this((LoggerContext) LoggerFactory.getILoggerFactory());
    }

    LogSetup(LoggerContext loggers) {
        this.loggers = loggers;
    }

    /**
     * Opens what the options name, and changes nothing yet.
     *
     * @return puts the options in force
     * @throws IOException when the audit file cannot be written; the message names it
     */
    public Runnable prepare(LogOptions wanted) throws IOException {
        check(wanted);
        return () -> install(wanted);
    }

    private static void check(LogOptions wanted) throws IOException {
        if (!isFile(wanted)) {
            return;
        }
        Path file = Path.of(wanted.audit());
        try {
            Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
        } catch (IOException unwritable) {
            throw new IOException(
                    "audit-log "
                            + file
                            + " cannot be written: "
                            + unwritable.getClass().getSimpleName(),
                    unwritable);
        }
    }

    private synchronized void install(LogOptions wanted) {
        begin(wanted);
        if (loggers.getLogger(LogOptions.ROOT).getAppender(MAIN_APPENDER)
                instanceof BurstLimitedAppender limited) {
            limited.reportByItself();
        }
        Logger audit = loggers.getLogger(AUDIT);
        Appender<ILoggingEvent> former = audit.getAppender(AUDIT_APPENDER);
        Appender<ILoggingEvent> next = audit(wanted);
        if (next != null) {
            audit.addAppender(next);
        }
        audit.setAdditive(next == null);
        if (former != null) {
            audit.detachAppender(former);
            former.stop();
        }
    }

    /** All but the audit stream. */
    synchronized void begin(LogOptions wanted) {
        Logger root = loggers.getLogger(LogOptions.ROOT);
        Appender<ILoggingEvent> former = root.getAppender(MAIN_APPENDER);
        boolean isSame =
                former instanceof BurstLimitedAppender limited
                        && limited.format() == wanted.format();
        if (!isSame) {
            root.addAppender(main(wanted));
            if (former != null) {
                root.detachAppender(former);
                former.stop();
            }
        }
        for (Logger logger : loggers.getLoggerList()) {
            logger.setLevel(logger.equals(root) ? Level.INFO : null);
        }
        loggers.getLogger(NETTY).setLevel(Level.WARN);
        loggers.getLogger(AUDIT).setLevel(Level.INFO);
        wanted.levels()
                .forEach((logger, level) ->
                        loggers.getLogger(logger).setLevel(Level.toLevel(level)));
    }

    private Appender<ILoggingEvent> main(LogOptions wanted) {
        var appender =
                new BurstLimitedAppender(
                        loggers,
                        wanted.format(),
                        started(console("System.err"), wanted.format()),
                        new BurstLimit());
        appender.setName(MAIN_APPENDER);
        appender.setContext(loggers);
        appender.start();
        return appender;
    }

    private @Nullable Appender<ILoggingEvent> audit(LogOptions wanted) {
        return switch (wanted.audit()) {
            case LogOptions.STDERR -> null;
            case LogOptions.STDOUT -> named(console("System.out"), wanted);
            default -> {
                var file = new FileAppender<ILoggingEvent>();
                file.setFile(wanted.audit());
                file.setAppend(true);
                yield named(file, wanted);
            }
        };
    }

    private Appender<ILoggingEvent> named(
            OutputStreamAppender<ILoggingEvent> appender, LogOptions wanted) {
        appender.setName(AUDIT_APPENDER);
        return started(appender, wanted.format());
    }

    private static ConsoleAppender<ILoggingEvent> console(String stream) {
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setTarget(stream);
        return console;
    }

    private Appender<ILoggingEvent> started(
            OutputStreamAppender<ILoggingEvent> appender, LogOptions.Format format) {
        Encoder<ILoggingEvent> encoder =
                switch (format) {
                    case TEXT -> new TextLine();
                    case JSON -> new JsonLine();
                };
        encoder.setContext(loggers);
        encoder.start();
        appender.setContext(loggers);
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    private static boolean isFile(LogOptions options) {
        return !options.audit().equals(LogOptions.STDERR)
                && !options.audit().equals(LogOptions.STDOUT);
    }
}
