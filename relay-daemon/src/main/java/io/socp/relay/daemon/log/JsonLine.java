package io.socp.relay.daemon.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * A line for machines: one JSON object with {@code time} (ISO 8601, UTC), {@code level}, {@code
 * logger}, {@code thread}, {@code message}, {@code exception} where there is one, and the event's
 * own fields, such as {@code user}, {@code peer} and {@code address}. ASCII alone. Thread-safe.
 */
final class JsonLine extends EncoderBase<ILoggingEvent> {

    private static final Set<String> OURS =
            Set.of("time", "level", "logger", "thread", "message", "exception");

    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

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
        StringWriter line = new StringWriter();
        try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), line)) {
            out.writeStartObject();
            out.writeStringProperty("time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
            out.writeStringProperty("level", event.getLevel().toString());
            out.writeStringProperty("logger", event.getLoggerName());
            out.writeStringProperty("thread", event.getThreadName());
            out.writeStringProperty(
                    "message", PrintableText.cut(String.valueOf(event.getFormattedMessage())));
            if (event.getThrowableProxy() != null) {
                out.writeStringProperty(
                        "exception", ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
            if (event.getKeyValuePairs() != null) {
                for (KeyValuePair field : event.getKeyValuePairs()) {
                    field(out, field);
                }
            }
            out.writeEndObject();
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void field(JsonGenerator out, KeyValuePair field) {
        if (OURS.contains(field.key)) {
            return;
        }
        switch (field.value) {
            case Integer number -> out.writeNumberProperty(field.key, number);
            case Long number -> out.writeNumberProperty(field.key, number);
            case null -> out.writeNullProperty(field.key);
            default ->
                    out.writeStringProperty(field.key, PrintableText.cut(field.value.toString()));
        }
    }
}
