package io.socp.relay.message;

import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.FieldReader.Unreadable;
import io.socp.relay.message.PresenceBatch.Added;
import io.socp.relay.message.PresenceBatch.Removed;
import java.util.ArrayList;
import java.util.List;

/** The payload of a PRESENCE_BATCH, both ways. */
final class PresenceBatchForm {

    /** Of one user's {@code meta}: it is kept. */
    static final int META_BYTES_MAX = 8 * 1024;

    private PresenceBatchForm() {}

    /**
     * Reads a batch.
     *
     * @param from the server named in the envelope
     * @param ts of the envelope, which the payload repeats under its signature
     */
    static PresenceBatch read(FieldReader p, ServerId from, long ts, IdRule idRule)
            throws Unreadable {
        ServerId home = p.serverId("server_id");
        if (p.nonNegative("ts") != ts) {
            throw p.bad("ts", "the ts of the envelope");
        }
        List<JsonValue> added = p.optionalArray("added");
        List<JsonValue> removed = p.optionalArray("removed");
        int max = PresenceBatch.ENTRIES_READ_MAX;
        if (added.size() + removed.size() > max) {
            throw p.bad("added", "with removed at most " + max + " entries");
        }
        return new PresenceBatch(
                from, home, ts, added(p, added, ts), removed(p, removed, ts), told(p, idRule));
    }

    private static List<Added> added(FieldReader p, List<JsonValue> elements, long latest)
            throws Unreadable {
        List<Added> added = new ArrayList<>(elements.size());
        for (JsonValue element : elements) {
            FieldReader row = p.element("added", added.size(), element);
            JsonObject meta = row.optionalObject("meta");
            if (Payload.of(meta).canonical().length > META_BYTES_MAX) {
                throw row.bad("meta", "at most " + META_BYTES_MAX + " bytes");
            }
            added.add(
                    new Added(
                            row.userId("user_id"),
                            ts(row, latest),
                            row.nullableKey("pubkey"),
                            meta));
        }
        return added;
    }

    private static List<Removed> removed(FieldReader p, List<JsonValue> elements, long latest)
            throws Unreadable {
        List<Removed> removed = new ArrayList<>(elements.size());
        for (JsonValue element : elements) {
            FieldReader row = p.element("removed", removed.size(), element);
            removed.add(new Removed(row.userId("user_id"), ts(row, latest)));
        }
        return removed;
    }

    private static long ts(FieldReader row, long latest) throws Unreadable {
        long ts = row.nonNegative("ts");
        if (ts > latest) {
            throw row.bad("ts", "not after the batch's");
        }
        return ts;
    }

    private static List<ServerId> told(FieldReader p, IdRule idRule) throws Unreadable {
        List<JsonValue> elements = p.optionalArray("told");
        if (elements.size() > PresenceBatch.TOLD_MAX) {
            throw p.bad("told", "at most " + PresenceBatch.TOLD_MAX + " ids");
        }
        List<ServerId> told = new ArrayList<>(elements.size());
        for (JsonValue element : elements) {
            if (!(element instanceof JsonText(String id) && idRule.acceptsServer(id))) {
                throw p.bad("told", "an array of server ids");
            }
            told.add(new ServerId(id));
        }
        return told;
    }

    /** Writes a batch. */
    static JsonObject.Builder write(PresenceBatch batch) {
        JsonObject.Builder fields =
                JsonObject.builder().put("server_id", batch.server().value()).put("ts", batch.ts());
        List<JsonValue> added = new ArrayList<>(batch.added().size());
        batch.added().forEach(entry -> added.add(write(entry)));
        List<JsonValue> removed = new ArrayList<>(batch.removed().size());
        for (Removed entry : batch.removed()) {
            removed.add(
                    JsonObject.builder()
                            .put("user_id", entry.user().value())
                            .put("ts", entry.ts())
                            .build());
        }
        List<JsonValue> told = new ArrayList<>(batch.told().size());
        batch.told().forEach(server -> told.add(new JsonText(server.value())));
        return fields.put("added", new JsonArray(added))
                .put("removed", new JsonArray(removed))
                .put("told", new JsonArray(told));
    }

    /** The key stands here once only, which is most of the frame. */
    private static JsonValue write(Added entry) {
        JsonObject.Builder row =
                JsonObject.builder().put("user_id", entry.user().value()).put("ts", entry.ts());
        if (entry.key() != null) {
            row.put("pubkey", entry.key().text());
        }
        if (!entry.meta().members().isEmpty()) {
            row.put("meta", entry.meta());
        }
        return row.build();
    }
}
