package io.socp.relay.daemon.ops;

import io.socp.relay.engine.TrailStep;
import io.socp.relay.engine.TrailStep.End;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageReference;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Locale;

/**
 * One relay's part of a message's way, as a document: {@code /api/v1/trace/REFERENCE}. Thread-safe.
 *
 * <p>A reference that is none throws {@link IllegalArgumentException}.
 */
@ThreadSafe
record Traces(ServerId server, Operations operations) {

    static final String PATH = "/api/v1/trace/";

    /** What this relay knows of the message. */
    JsonObject answer(String reference, String by) {
        MessageReference wanted =
                MessageReference.parse(reference)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "a message's reference is 16 hex digits"));
        return JsonObject.builder()
                .put("server_id", server.value())
                .put("reference", wanted.toString())
                .put("since_ms", operations.tracedSinceMs(wanted))
                .put(
                        "steps",
                        new JsonArray(
                                operations.trace(wanted, by).stream()
                                        .<JsonValue>map(Traces::row)
                                        .toList()))
                .build();
    }

    private static JsonObject row(TrailStep step) {
        JsonObject.Builder row =
                JsonObject.builder()
                        .put("at_ms", step.atMs())
                        .put("fate", step.fate().name().toLowerCase(Locale.ROOT));
        if (step.type() != null) {
            row.put("type", step.type().name());
        }
        put(row, "from", step.from());
        put(row, "to", step.to());
        return row.build();
    }

    private static void put(JsonObject.Builder row, String direction, End end) {
        switch (end) {
            case End.User(UserId user) -> row.put(direction + "_user", user.value());
            case End.Server(ServerId server) -> row.put(direction + "_server", server.value());
            case End.Everyone(int servers) -> row.put(direction + "_all_and_servers", servers);
            case End.Nobody() -> {}
        }
    }
}
