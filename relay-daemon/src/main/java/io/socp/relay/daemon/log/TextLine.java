package io.socp.relay.daemon.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * A line for people: time, level, logger, message, and those fields that the message does not say
 * itself. A stack trace follows on lines of its own, which begin with a space. Thread-safe.
 */
final class TextLine extends EncoderBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private static final int LEVEL_WIDTH = 5;

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level).repeat(' ', LEVEL_WIDTH - level.length() + 1);
        line.append(simpleName(event.getLoggerName())).append(' ');
        String message = String.valueOf(event.getFormattedMessage());
        PrintableText.append(line, message);
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair field : event.getKeyValuePairs()) {
                String value = String.valueOf(field.value);
                if (!message.contains(value)) {
                    line.append(' ').append(field.key).append('=');
                    PrintableText.append(line, value);
                }
            }
        }
        line.append('\n');
        trace(line, "", event.getThrowableProxy());
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void trace(StringBuilder line, String kind, @Nullable IThrowableProxy thrown) {
        if (thrown == null || thrown.isCyclic()) {
            return;
        }
        line.append(' ').append(kind);
        PrintableText.append(line, thrown.getClassName() + ": " + thrown.getMessage());
        line.append('\n');
        for (StackTraceElementProxy frame : thrown.getStackTraceElementProxyArray()) {
            line.append("   ").append(frame.getSTEAsString()).append('\n');
        }
        trace(line, "caused by ", thrown.getCause());
    }

    private static String simpleName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }
}
