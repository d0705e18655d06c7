package io.socp.relay.client.conformance;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.ownership.Immutable;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A frame to be sent: well-formed, until a trial damages its text. Immutable.
 *
 * @param sig empty where there is none
 */
@Immutable
record Draft(String type, String from, String to, long ts, JsonObject payload, String sig) {

    /** The {@code to} of what is meant for all. */
    static final String ALL = "*";

    private static final AtomicLong LAST_TS = new AtomicLong();

    /** A frame of now, unsigned. */
    static Draft of(String type, String from, String to, JsonObject payload) {
        return new Draft(type, from, to, nextTs(), payload, "");
    }

    /** Milliseconds of now, and later than all given before. */
    private static long nextTs() {
        long now = System.currentTimeMillis();
        return LAST_TS.updateAndGet(last -> Math.max(now, last + 1));
    }

    Draft signed(Pen pen) {
        return withSig(pen.sig(payload));
    }

    Draft withSig(String changed) {
        return new Draft(type, from, to, ts, payload, changed);
    }

    Draft withType(String changed) {
        return new Draft(changed, from, to, ts, payload, sig);
    }

    Draft withFrom(String changed) {
        return new Draft(type, changed, to, ts, payload, sig);
    }

    Draft withTo(String changed) {
        return new Draft(type, from, changed, ts, payload, sig);
    }

    Draft withTs(long changed) {
        return new Draft(type, from, to, changed, payload, sig);
    }

    /** With one more member, or another value of one; the signature stays as it was. */
    Draft withMember(String name, String value) {
        JsonObject.Builder members = JsonObject.builder();
        payload.members().forEach(members::put);
        return new Draft(type, from, to, ts, members.put(name, value).build(), sig);
    }

    /** A string of the payload; empty when it is missing or something else. */
    String said(String member) {
        return payload.get(member) instanceof JsonText(String value) ? value : "";
    }

    /** The frame as it comes to who gets it unchanged. */
    Frame frame() {
        return Frame.of(text(), true, 0);
    }

    /** The text of the frame in standard form. */
    String text() {
        byte[] frame = Envelope.of(type, from, to, ts, Payload.of(payload), sig).bytes();
        return new String(frame, StandardCharsets.UTF_8);
    }

    /** The text without one field of the envelope. */
    String without(String field) {
        ObjectNode tree = tree();
        tree.remove(field);
        return tree.toString();
    }

    /** The text with another value in one field of the envelope, of any kind. */
    String with(String field, Object value) {
        JsonNode node = JsonMapper.shared().valueToTree(value);
        return tree().set(field, node).toString();
    }

    private ObjectNode tree() {
        return (ObjectNode) JsonMapper.shared().readTree(text());
    }
}
