package io.socp.relay.envelope;

import io.socp.relay.envelope.DecodeFailure.DuplicateKey;
import io.socp.relay.envelope.DecodeFailure.LimitExceeded;
import io.socp.relay.envelope.DecodeFailure.NotAnObject;
import io.socp.relay.envelope.DecodeFailure.NotJson;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the tree of one frame within the limits, and remembers where its payload lies. Lives for
 * one frame on one thread.
 *
 * <p>The first thing wrong ends the reading with {@link Refused}, which {@link EnvelopeCodec} turns
 * into a value: it never leaves this package.
 */
final class FrameReader {

    /** Control flow inside this package: why the frame is refused. Stackless. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient DecodeFailure failure;

        Refused(DecodeFailure failure) {
            super(failure.detail(), null, false, false);
            this.failure = failure;
        }

        DecodeFailure failure() {
            return failure;
        }
    }

    private static final String PAYLOAD = "payload";

    private final JsonParser parser;
    private final EnvelopeLimits limits;
    private final byte[] frame;
    private final boolean isPlain;
    private int depth;
    private int members;
    private int payloadStart;
    private int payloadEnd;

    /**
     * A reader of one frame.
     *
     * @param isPlain whether the frame is {@link PlainText}
     */
    FrameReader(JsonParser parser, EnvelopeLimits limits, byte[] frame, boolean isPlain) {
        this.parser = parser;
        this.limits = limits;
        this.frame = frame;
        this.isPlain = isPlain;
    }

    /** The one object the frame holds; nothing but white space may follow it. */
    JsonObject read() {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new Refused(
                    parser.currentToken() == null
                            ? new NotJson("frame is empty")
                            : new NotAnObject());
        }
        JsonObject envelope = object();
        if (parser.nextToken() != null) {
            throw new Refused(new NotJson("something follows the JSON object"));
        }
        return envelope;
    }

    /** Offset of the payload's first byte; 0 until an envelope with a payload was read. */
    int payloadStart() {
        return payloadStart;
    }

    /** Offset past the payload's last byte. */
    int payloadEnd() {
        return payloadEnd;
    }

    private JsonValue value() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> new JsonText(string());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
            case VALUE_TRUE -> JsonLiteral.TRUE;
            case VALUE_FALSE -> JsonLiteral.FALSE;
            case VALUE_NULL -> JsonLiteral.NULL;
            case null -> throw new Refused(new NotJson("frame ends too early"));
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw new IllegalStateException("no value here: " + parser.currentToken());
        };
    }

    private JsonObject object() {
        enter();
        var read = new Members.Collector();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            count();
            String name = paired(parser.currentName());
            if (name.length() > EnvelopeLimits.NAME_CHARS_MAX) {
                throw new Refused(nameTooLong());
            }
            if (read.contains(name)) {
                throw new Refused(new DuplicateKey(name));
            }
            parser.nextToken();
            boolean isPayload = depth == 1 && name.equals(PAYLOAD);
            if (isPayload) {
                payloadStart = (int) parser.currentTokenLocation().getByteOffset();
            }
            read.add(name, value());
            if (isPayload) {
                payloadEnd = (int) parser.currentLocation().getByteOffset();
            }
        }
        depth--;
        return new JsonObject(read.finish());
    }

    private JsonArray array() {
        enter();
        List<JsonValue> read = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            count();
            read.add(value());
        }
        depth--;
        return new JsonArray(read);
    }

    /** Where nothing is escaped the parser need not build the string, only pass over it. */
    private String string() {
        if (isPlain) {
            int start = (int) parser.currentTokenLocation().getByteOffset() + 1;
            int end = PlainText.quoteFrom(frame, start);
            if (end >= 0) {
                return new String(frame, start, end - start, StandardCharsets.ISO_8859_1);
            }
        }
        return paired(parser.getString());
    }

    private JsonNumber number() {
        if (parser.getStringLength() > EnvelopeLimits.NUMBER_CHARS_MAX) {
            throw new Refused(new LimitExceeded("number length", EnvelopeLimits.NUMBER_CHARS_MAX));
        }
        return new JsonNumber(parser.getString());
    }

    static LimitExceeded nameTooLong() {
        return new LimitExceeded("key length", EnvelopeLimits.NAME_CHARS_MAX);
    }

    private void enter() {
        if (++depth > limits.depthMax()) {
            throw new Refused(new LimitExceeded("depth", limits.depthMax()));
        }
    }

    private void count() {
        if (++members > limits.membersMax()) {
            throw new Refused(new LimitExceeded("number of members", limits.membersMax()));
        }
    }

    /** Refuses a lone half of a surrogate pair, which JSON can escape but UTF-8 cannot carry on. */
    private String paired(String text) {
        if (isPlain) {
            return text;
        }
        // A plain loop: texts are as long as a piece of a file, and this runs on event loops.
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                i++;
                if (Character.isLowSurrogate(c)
                        || i == text.length()
                        || !Character.isLowSurrogate(text.charAt(i))) {
                    throw new Refused(new NotJson("unpaired surrogate in a string"));
                }
            }
        }
        return text;
    }
}
