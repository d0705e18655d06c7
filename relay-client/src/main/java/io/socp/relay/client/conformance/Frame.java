package io.socp.relay.client.conformance;

import io.socp.relay.client.session.TransportSignature;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.ownership.Immutable;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * A frame that came, whatever is in it. Immutable.
 *
 * @param isText whether it was a WebSocket text message
 * @param json its one object; missing when it is something else
 */
@Immutable
record Frame(String text, boolean isText, long atNs, JsonNode json) {

    static final int BYTES_MAX = 4 * 1024 * 1024;

    private static final EnvelopeCodec CODEC =
            new EnvelopeCodec(new EnvelopeLimits(BYTES_MAX, 64, 1_000_000));
    private static final SignatureVerifier SIGNATURES = new SignatureVerifier();
    private static final JsonMapper STRICT =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private static final Pattern LONG_TEXT = Pattern.compile("\"([\\w+/=-]{12})[\\w+/=-]{36,}\"");
    private static final int SUMMARY_CHARS_MAX = 400;

    static Frame of(String text, boolean isText, long atNs) {
        return new Frame(text, isText, atNs, parsed(text));
    }

    private static JsonNode parsed(String text) {
        try {
            JsonNode json = STRICT.readTree(text);
            return json.isObject() ? json : MissingNode.getInstance();
        } catch (JacksonException notJson) {
            return MissingNode.getInstance();
        }
    }

    String type() {
        return json.path("type").stringValue("");
    }

    String from() {
        return json.path("from").stringValue("");
    }

    String to() {
        return json.path("to").stringValue("");
    }

    long ts() {
        return json.path("ts").longValue(-1);
    }

    String sig() {
        return json.path("sig").stringValue("");
    }

    JsonNode payload() {
        return json.path("payload");
    }

    /** A string of the payload; empty when it is missing or something else. */
    String said(String member) {
        return payload().path(member).stringValue("");
    }

    boolean is(String wanted) {
        return type().equals(wanted);
    }

    /** Whether {@code key} signed the payload in any canonical form in use. */
    boolean isSignedBy(RsaPublicKey key) {
        return CODEC.decode(text.getBytes(StandardCharsets.UTF_8)) instanceof Decoded(var envelope)
                && TransportSignature.holds(SIGNATURES, key, envelope);
    }

    /** Frames of a type. */
    static Predicate<Frame> ofType(String type) {
        return frame -> frame.is(type);
    }

    /** Frames of a type with this string in the payload. */
    static Predicate<Frame> ofType(String type, String member, String value) {
        return frame -> frame.is(type) && frame.said(member).equals(value);
    }

    /** Frames of a type that carry this message's ciphertext. */
    static Predicate<Frame> carrying(String type, Draft message) {
        return ofType(type, "ciphertext", message.said("ciphertext"));
    }

    String summary() {
        return summary(text);
    }

    /** A frame's text with long strings cut, for people. */
    static String summary(String text) {
        String cut = LONG_TEXT.matcher(text).replaceAll("\"$1…\"").strip();
        return cut.length() <= SUMMARY_CHARS_MAX ? cut : cut.substring(0, SUMMARY_CHARS_MAX) + "…";
    }
}
