package io.socp.relay.client.conformance;

import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.ownership.Immutable;
import java.util.List;

/** A strict server on paper: an id, a key and the frames they make, all signed. Immutable. */
@Immutable
record ServerAuthor(String id, IdentityKey key, Pen pen) {

    static ServerAuthor of(IdentityKey key) {
        return new ServerAuthor(Author.newId(), key, Pen.of(key));
    }

    ServerAuthor withId(String changed) {
        return new ServerAuthor(changed, key, pen);
    }

    String keyText() {
        return key.publicKey().text();
    }

    /** SOCP §8.1; {@code to} is the introducer's address. */
    Draft join(String introducer, String host, int port) {
        return greeting("SERVER_HELLO_JOIN", introducer, host, port, keyText());
    }

    /** SOCP §8.1. */
    Draft announce(String host, int port) {
        return greeting("SERVER_ANNOUNCE", Draft.ALL, host, port, keyText());
    }

    Draft greeting(String type, String to, String host, int port, String shownKey) {
        JsonObject payload =
                JsonObject.builder()
                        .put("host", host)
                        .put("port", port)
                        .put("pubkey", shownKey)
                        .build();
        return Draft.of(type, id, to, payload).signed(pen);
    }

    /** The answer to a server that dials back with a JOIN. */
    Draft welcome(String joiner) {
        JsonObject payload =
                JsonObject.builder()
                        .put("assigned_id", joiner)
                        .put("clients", new JsonArray(List.of()))
                        .build();
        return Draft.of("SERVER_WELCOME", id, joiner, payload).signed(pen);
    }

    /** SOCP §8.2, the standard's three fields. */
    Draft advertise(String user, JsonObject meta) {
        JsonObject payload =
                JsonObject.builder()
                        .put("user_id", user)
                        .put("server_id", id)
                        .put("meta", meta)
                        .build();
        return Draft.of("USER_ADVERTISE", id, Draft.ALL, payload).signed(pen);
    }

    /** With the user's key in {@code meta}, where most implementations put it. */
    Draft advertise(Author user) {
        return advertise(user.id(), JsonObject.builder().put("pubkey", user.keyText()).build());
    }

    Draft remove(String user) {
        JsonObject payload = JsonObject.builder().put("user_id", user).put("server_id", id).build();
        return Draft.of("USER_REMOVE", id, Draft.ALL, payload).signed(pen);
    }

    /** SOCP §8.3: a user's direct message on its way; the envelope keeps the user's time. */
    Draft deliver(String to, Draft direct) {
        JsonObject.Builder payload = JsonObject.builder();
        direct.payload().members().forEach(payload::put);
        payload.put("user_id", direct.to()).put("sender", direct.from());
        return new Draft("SERVER_DELIVER", id, to, direct.ts(), payload.build(), "").signed(pen);
    }

    Draft heartbeat(String to) {
        return Draft.of("HEARTBEAT", id, to, JsonObject.EMPTY).signed(pen);
    }

    /** SOCP §9.5. */
    Draft error(String to, String code) {
        JsonObject payload =
                JsonObject.builder().put("code", code).put("detail", "conformance").build();
        return Draft.of("ERROR", id, to, payload).signed(pen);
    }

    /** SOCP §9.5. */
    Draft ack(String to) {
        JsonObject payload = JsonObject.builder().put("msg_ref", Author.newId()).build();
        return Draft.of("ACK", id, to, payload).signed(pen);
    }

    /** SOCP §9.3, with the zero for a time that the standard's example has. */
    Draft channelAdd(String member) {
        JsonValue members = new JsonArray(List.of(new JsonText(member)));
        JsonObject payload = JsonObject.builder().put("add", members).put("if_version", 1).build();
        return Draft.of("PUBLIC_CHANNEL_ADD", id, Draft.ALL, payload).withTs(0).signed(pen);
    }

    /** SOCP §9.3, likewise. */
    Draft channelUpdated(long version) {
        JsonObject payload =
                JsonObject.builder()
                        .put("version", version)
                        .put("wraps", new JsonArray(List.of()))
                        .build();
        return Draft.of("PUBLIC_CHANNEL_UPDATED", id, Draft.ALL, payload).withTs(0).signed(pen);
    }
}
