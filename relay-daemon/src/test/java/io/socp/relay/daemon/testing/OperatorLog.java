package io.socp.relay.daemon.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What all loggers say while it is open. Thread-safe. */
public final class OperatorLog implements AutoCloseable {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> ear =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    lines.add(event.getLevel() + " " + event.getFormattedMessage());
                }
            };

    public OperatorLog() {
        ear.setContext(root.getLoggerContext());
        ear.start();
        root.addAppender(ear);
    }

    /** Level and message of each line so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Whether one line has all these texts. */
    public boolean says(String... texts) {
        return lines.stream().anyMatch(line -> List.of(texts).stream().allMatch(line::contains));
    }

    @Override
    public void close() {
        root.detachAppender(ear);
        ear.stop();
    }
}
