package io.socp.relay.envelope;

import io.socp.relay.envelope.DecodeFailure.LimitExceeded;
import io.socp.relay.envelope.DecodeFailure.MissingField;
import io.socp.relay.envelope.DecodeFailure.MistypedField;
import io.socp.relay.envelope.FrameReader.Refused;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.util.Set;

/**
 * The six envelope fields of one frame's object, checked by kind and range (SOCP §5). Lives for one
 * frame on one thread.
 *
 * <p>Unknown further fields are left alone; a null counts as an absent field. A field that will not
 * do ends the reading with {@link Refused}.
 */
final class EnvelopeFields {

    /** Types that real servers send without {@code from}, {@code to}, {@code ts} or payload. */
    private static final Set<String> BARE_TYPES = Set.of("CTRL_CLOSE", "ACK", "ERROR");

    /** 2^53 - 1 has 16 digits. */
    private static final int TS_DIGITS_MAX = 16;

    /** A fraction below this counts seconds: as milliseconds it would be a time before 1974. */
    private static final double SECONDS_BELOW = 1e11;

    private final JsonObject object;

    EnvelopeFields(JsonObject object) {
        this.object = object;
    }

    Envelope envelope(byte[] frame, boolean isPlain, FrameReader reader) {
        String type = text("type", EnvelopeLimits.TYPE_CHARS_MAX);
        if (type.isEmpty()) {
            throw mistyped("type", "a non-empty string");
        }
        boolean isBare = BARE_TYPES.contains(type);
        String from = isMissing("from", isBare) ? "" : address("from");
        String to = isMissing("to", isBare) ? "" : address("to");
        long ts = isMissing("ts", isBare) ? 0 : timestamp();
        Payload payload =
                isMissing("payload", isBare)
                        ? Payload.of(JsonObject.EMPTY)
                        : payload(frame, reader.payloadStart(), reader.payloadEnd(), isPlain);
        return Envelope.of(type, from, to, ts, payload, sig()).receivedAs(frame);
    }

    private boolean isMissing(String field, boolean mayBeMissing) {
        if (!isAbsent(field)) {
            return false;
        }
        if (mayBeMissing) {
            return true;
        }
        throw new Refused(new MissingField(field));
    }

    private boolean isAbsent(String field) {
        JsonValue value = object.get(field);
        return value == null || value == JsonLiteral.NULL;
    }

    private String address(String field) {
        return text(field, EnvelopeLimits.ADDRESS_CHARS_MAX);
    }

    private String sig() {
        return isAbsent("sig") ? "" : text("sig", EnvelopeLimits.SIG_CHARS_MAX);
    }

    private String text(String field, int charsMax) {
        return switch (object.get(field)) {
            case JsonText(String value) when value.length() <= charsMax -> value;
            case JsonText _ -> throw new Refused(new LimitExceeded(field + " length", charsMax));
            case null -> throw new Refused(new MissingField(field));
            case JsonLiteral.NULL -> throw new Refused(new MissingField(field));
            case JsonValue _ -> throw mistyped(field, "a string");
        };
    }

    private long timestamp() {
        if (object.get("ts") instanceof JsonNumber(String literal)) {
            long ts = isDigits(literal) ? integer(literal) : rounded(literal);
            if (ts >= 0 && ts <= EnvelopeLimits.TS_MAX) {
                return ts;
            }
        }
        throw mistyped("ts", "an integer from 0 to " + EnvelopeLimits.TS_MAX);
    }

    private static boolean isDigits(String literal) {
        for (int i = 0; i < literal.length(); i++) {
            if (literal.charAt(i) < '0' || literal.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static long integer(String digits) {
        return digits.length() <= TS_DIGITS_MAX ? Long.parseLong(digits) : -1;
    }

    /** Some write their clock as it is: a fraction, of milliseconds or of seconds. */
    private static long rounded(String literal) {
        double value = Double.parseDouble(literal);
        double ms = value < SECONDS_BELOW ? value * 1_000 : value;
        return literal.startsWith("-") || ms > EnvelopeLimits.TS_MAX ? -1 : Math.round(ms);
    }

    private Payload payload(byte[] frame, int start, int end, boolean isPlain) {
        if (object.get("payload") instanceof JsonObject members) {
            return Payload.received(members, frame, start, end, isPlain);
        }
        throw mistyped("payload", "an object");
    }

    private static Refused mistyped(String field, String expected) {
        return new Refused(new MistypedField(field, expected));
    }
}
