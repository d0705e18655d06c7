package io.socp.relay.envelope;

import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes JSON as signers write it before they sign: keys sorted by code point at every level, no
 * white space, numbers as they came (SOCP §6). Lives for one text on one thread.
 *
 * <p>Byte for byte the output of Python's {@code json.dumps(sort_keys=True, separators=(",",":"))},
 * with {@code ensure_ascii} on ({@link Charset#ASCII}) or off ({@link Charset#UTF_8}). The tree is
 * at most as deep as {@link EnvelopeLimits} let it be read.
 */
final class JsonWriter {

    /** What happens to characters outside visible ASCII. */
    enum Charset {
        /** Written as {@code \\uXXXX}, DEL included; pairs of escapes above U+FFFF. */
        ASCII,
        /** Written as they are, DEL included. */
        UTF_8
    }

    private static final HexFormat HEX = HexFormat.of();
    private static final int DELETE = 0x7f;

    private final StringBuilder out = new StringBuilder(1024);
    private final Charset charset;
    private boolean dependsOnCharset;

    JsonWriter(Charset charset) {
        this.charset = charset;
    }

    /** Whether something was written that the other character set writes differently. */
    boolean dependsOnCharset() {
        return dependsOnCharset;
    }

    byte[] toBytes() {
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    JsonWriter value(JsonValue value) {
        switch (value) {
            case JsonObject object -> object(object);
            case JsonArray array -> array(array);
            case JsonText(String text) -> text(text);
            case JsonNumber(String literal) -> out.append(literal);
            case JsonLiteral literal ->
                    out.append(
                            switch (literal) {
                                case TRUE -> "true";
                                case FALSE -> "false";
                                case NULL -> "null";
                            });
        }
        return this;
    }

    JsonWriter text(String text) {
        out.append('"');
        // In runs: a piece of a file is one long text without anything to escape.
        int written = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= DELETE || c == '"' || c == '\\') {
                out.append(text, written, i);
                special(c);
                written = i + 1;
            }
        }
        out.append(text, written, text.length()).append('"');
        return this;
    }

    /** Appends text that is JSON already: punctuation, or a payload in its received form. */
    JsonWriter raw(String json) {
        out.append(json);
        return this;
    }

    /** A character that JSON escapes, or one of the character sets does. */
    private void special(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                dependsOnCharset |= c >= DELETE;
                if (c < ' ' || charset == Charset.ASCII) {
                    out.append("\\u").append(HEX.toHexDigits(c));
                } else {
                    out.append(c);
                }
            }
        }
    }

    private void object(JsonObject object) {
        Map<String, JsonValue> sorted = new TreeMap<>(CodePointOrder.INSTANCE);
        sorted.putAll(object.members());
        String separator = "{";
        for (Map.Entry<String, JsonValue> member : sorted.entrySet()) {
            out.append(separator);
            text(member.getKey()).raw(":").value(member.getValue());
            separator = ",";
        }
        out.append(sorted.isEmpty() ? "{}" : "}");
    }

    private void array(JsonArray array) {
        String separator = "[";
        for (JsonValue element : array.elements()) {
            out.append(separator);
            value(element);
            separator = ",";
        }
        out.append(array.elements().isEmpty() ? "[]" : "]");
    }
}
