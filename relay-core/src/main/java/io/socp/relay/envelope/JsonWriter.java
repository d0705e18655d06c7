package io.socp.relay.envelope;

import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

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

    private final Charset charset;
    private byte[] out;
    private int length;
    private boolean dependsOnCharset;

    /**
     * A writer with nothing written.
     *
     * @param bytes how many are expected; where it is just so many, none is copied again
     */
    JsonWriter(Charset charset, int bytes) {
        this.charset = charset;
        this.out = new byte[bytes];
    }

    /** Whether something was written that the other character set writes differently. */
    boolean dependsOnCharset() {
        return dependsOnCharset;
    }

    byte[] toBytes() {
        return length == out.length ? out : Arrays.copyOf(out, length);
    }

    JsonWriter value(JsonValue value) {
        return switch (value) {
            case JsonObject object -> object(object);
            case JsonArray array -> array(array);
            case JsonText(String text) -> text(text);
            case JsonNumber(String literal) -> raw(literal);
            case JsonLiteral literal -> raw(literal.json());
        };
    }

    JsonWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        boolean isPlain = utf8.length == text.length() && PlainText.isPlainString(utf8);
        return raw('"').raw(isPlain ? utf8 : escaped(text)).raw('"');
    }

    /** Appends text that is JSON already and all ASCII. */
    JsonWriter raw(String json) {
        return raw(json.getBytes(StandardCharsets.US_ASCII));
    }

    /** Appends bytes that are JSON already. */
    JsonWriter raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    /** Appends a range of bytes that are JSON already. */
    JsonWriter raw(byte[] json, int start, int end) {
        int added = end - start;
        makeRoom(added);
        System.arraycopy(json, start, out, length, added);
        length += added;
        return this;
    }

    private JsonWriter raw(char ascii) {
        makeRoom(1);
        out[length++] = (byte) ascii;
        return this;
    }

    private void makeRoom(int bytes) {
        if (out.length - length < bytes) {
            out = Arrays.copyOf(out, Math.max(2 * out.length, length + bytes));
        }
    }

    private byte[] escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= DELETE || c == '"' || c == '\\') {
                special(c, escaped);
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A character that JSON escapes, or one of the character sets does. */
    private void special(char c, StringBuilder to) {
        switch (c) {
            case '"' -> to.append("\\\"");
            case '\\' -> to.append("\\\\");
            case '\b' -> to.append("\\b");
            case '\f' -> to.append("\\f");
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            default -> {
                dependsOnCharset |= c >= DELETE;
                if (c < ' ' || charset == Charset.ASCII) {
                    to.append("\\u").append(HEX.toHexDigits(c));
                } else {
                    to.append(c);
                }
            }
        }
    }

    private JsonWriter object(JsonObject object) {
        raw('{');
        boolean isFirst = true;
        for (Map.Entry<String, JsonValue> member : sorted(object)) {
            if (!isFirst) {
                raw(',');
            }
            isFirst = false;
            text(member.getKey()).raw(':').value(member.getValue());
        }
        return raw('}');
    }

    private static List<Map.Entry<String, JsonValue>> sorted(JsonObject object) {
        List<Map.Entry<String, JsonValue>> members = new ArrayList<>(object.members().entrySet());
        members.sort(Map.Entry.comparingByKey(CodePointOrder.INSTANCE));
        return members;
    }

    private JsonWriter array(JsonArray array) {
        raw('[');
        boolean isFirst = true;
        for (JsonValue element : array.elements()) {
            if (!isFirst) {
                raw(',');
            }
            isFirst = false;
            value(element);
        }
        return raw(']');
    }
}
