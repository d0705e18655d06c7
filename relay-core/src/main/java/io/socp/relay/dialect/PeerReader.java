package io.socp.relay.dialect;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads what other servers send as the standard would have it: what a frame of theirs says inside
 * its payload, it says in the envelope afterwards. Thread-safe.
 *
 * <p>Only the reading changes. The signature is checked over the frame as it came, and by then the
 * author of what a peer wraps is a user that this very peer hosts.
 */
@ThreadSafe
public final class PeerReader {

    /** Transfers of others whose author is remembered; the longest unused is forgotten. */
    static final int TRANSFERS_MAX = 10_000;

    /** How long a transfer may pause and still be known. */
    private static final Duration TRANSFER_SILENCE_MAX = Duration.ofMinutes(10);

    /** A transfer with a longer name is not remembered. */
    static final int FILE_ID_CHARS_MAX = 128;

    private static final Set<String> FILE_TYPES = Set.of("FILE_START", "FILE_CHUNK", "FILE_END");

    /** Pieces after the first do not always name their author. */
    private final Cache<Transfer, String> authors =
            Caffeine.newBuilder()
                    .maximumSize(TRANSFERS_MAX)
                    .expireAfterAccess(TRANSFER_SILENCE_MAX)
                    .build();

    private record Transfer(ServerId server, String fileId) {}

    /**
     * Who last wrote to whom: a file may come without any author, and is taken for that one's until
     * a piece of it names him.
     */
    private final Cache<Conversation, String> lastAuthors =
            Caffeine.newBuilder()
                    .maximumSize(TRANSFERS_MAX)
                    .expireAfterAccess(TRANSFER_SILENCE_MAX)
                    .build();

    private record Conversation(ServerId server, String reader) {}

    /** The frame as the standard would have it; mostly the frame itself. */
    public Envelope standard(Envelope received, ServerId peer) {
        return switch (received.type()) {
            case "SERVER_DELIVER" -> delivered(received, peer);
            case "SERVER_ANNOUNCE" -> announced(received, peer);
            case "PUBLIC_CHANNEL_UPDATED" -> left(received, peer);
            case "DB_REGISTER" -> registered(received, peer);
            case "DB_USER" -> found(received);
            case "MSG_PUBLIC_CHANNEL", "FILE_START", "FILE_CHUNK", "FILE_END" ->
                    received.from().equals(peer.value()) ? authored(received, peer) : received;
            default -> received;
        };
    }

    /** A whole file frame in the payload, a piece of a file, or the author's time there. */
    private Envelope delivered(Envelope received, ServerId peer) {
        JsonObject members = received.payload().members();
        if (members.get("type") instanceof JsonText(String type)
                && FILE_TYPES.contains(type)
                && members.get("payload") instanceof JsonObject inner) {
            return Envelope.of(
                    type,
                    text(members, "from").orElse(received.from()),
                    text(members, "to").or(() -> text(members, "user_id")).orElse(received.to()),
                    time(members, received),
                    Payload.of(inner),
                    received.sig());
        }
        if (members.get("inner_type") instanceof JsonText(String type)
                && FILE_TYPES.contains(type)) {
            return filePart(type, received, peer);
        }
        remember(members, peer);
        long ts = time(members, received);
        return ts == received.ts()
                ? received
                : Envelope.of(
                        received.type(),
                        received.from(),
                        received.to(),
                        ts,
                        received.payload(),
                        received.sig());
    }

    private void remember(JsonObject members, ServerId peer) {
        text(members, "user_id")
                .filter(IdRule.LENIENT::accepts)
                .ifPresent(reader ->
                        text(members, "sender")
                                .filter(IdRule.LENIENT::accepts)
                                .ifPresent(author ->
                                        lastAuthors.put(new Conversation(peer, reader), author)));
    }

    /** mjzero0's server delivers a file's pieces by their type, the first without an author. */
    private Envelope filePart(String type, Envelope received, ServerId peer) {
        JsonObject members = received.payload().members();
        Optional<String> reader = text(members, "user_id");
        Optional<String> author =
                authorOf(members, peer)
                        .or(() ->
                                reader.map(user ->
                                        lastAuthors.getIfPresent(new Conversation(peer, user))));
        if (reader.isEmpty() || author.isEmpty()) {
            return received;
        }
        return Envelope.of(
                type,
                author.get(),
                reader.get(),
                time(members, received),
                received.payload(),
                received.sig());
    }

    /** Named in this piece or in an earlier one of the same file. */
    private Optional<String> authorOf(JsonObject members, ServerId peer) {
        Optional<String> named =
                text(members, "from")
                        .or(() -> text(members, "sender"))
                        .filter(IdRule.LENIENT::accepts);
        Optional<Transfer> transfer =
                text(members, "file_id")
                        .filter(fileId -> fileId.length() <= FILE_ID_CHARS_MAX)
                        .map(fileId -> new Transfer(peer, fileId));
        named.ifPresent(author -> transfer.ifPresent(t -> authors.put(t, author)));
        return named.or(() -> transfer.map(authors::getIfPresent));
    }

    /** The server speaks in its own name; the user who wrote it stands in the payload. */
    private Envelope authored(Envelope received, ServerId peer) {
        JsonObject members = received.payload().members();
        Optional<String> author = authorOf(members, peer);
        if (author.isEmpty()) {
            return received;
        }
        return Envelope.of(
                received.type(),
                author.get(),
                text(members, "user_id").or(() -> text(members, "to")).orElse("public"),
                time(members, received),
                received.payload(),
                received.sig());
    }

    /** Who was online when the server welcomed us, where it tells; a batch of its presence. */
    public static Optional<Envelope> roster(Envelope welcome, ServerId peer) {
        JsonObject members = welcome.payload().members();
        if (members.get("snapshot") instanceof JsonObject snapshot) {
            return Optional.of(roster(welcome, snapshot, peer));
        }
        // The standard's clients are servers; beside a word on the introducer they are its users.
        return members.get("introducer") instanceof JsonObject
                        && members.get("clients") instanceof JsonArray(List<JsonValue> rows)
                ? Optional.of(batch(welcome, peer, clients(rows, welcome), List.of()))
                : Optional.empty();
    }

    private static List<JsonValue> clients(List<JsonValue> rows, Envelope welcome) {
        List<JsonValue> added = new ArrayList<>();
        for (JsonValue row : rows) {
            if (row instanceof JsonObject user && !user.members().containsKey("server_id")) {
                text(user, "user_id")
                        .ifPresent(id -> added.add(present(id, user, "pubkey", welcome)));
            }
        }
        return added;
    }

    /**
     * The channel's members whom {@code isNews} says to be unknown, each with the key that stands
     * for a wrapped one; a batch of the sender's presence.
     */
    public static Optional<Envelope> members(
            Envelope updated, ServerId peer, Predicate<String> isNews) {
        List<JsonValue> added = new ArrayList<>();
        if (updated.payload().members().get("wraps") instanceof JsonArray(List<JsonValue> rows)) {
            for (JsonValue row : rows) {
                if (row instanceof JsonObject member
                        && text(member, "wrapped_key").filter(KeyText::isPem).isPresent()) {
                    text(member, "member_id")
                            .filter(isNews)
                            .ifPresent(
                                    id -> added.add(present(id, member, "wrapped_key", updated)));
                }
            }
        }
        return added.isEmpty()
                ? Optional.empty()
                : Optional.of(batch(updated, peer, added, List.of()));
    }

    private static JsonObject present(
            String user, JsonObject row, String keyField, Envelope received) {
        JsonObject.Builder entry =
                JsonObject.builder().put("user_id", user).put("ts", received.ts());
        text(row, keyField)
                .filter(key -> !key.isEmpty())
                .ifPresent(key -> entry.put("pubkey", key));
        return entry.build();
    }

    /** {@code user_locations}: users by id, each with its server's; ours are not its to tell. */
    private static Envelope roster(Envelope received, JsonObject holder, ServerId peer) {
        List<JsonValue> added = new ArrayList<>();
        if (holder.get("user_locations") instanceof JsonObject(Map<String, JsonValue> users)) {
            users.forEach((user, where) -> {
                if (where instanceof JsonObject row
                        && text(row, "server_id").filter(peer.value()::equals).isPresent()) {
                    added.add(
                            JsonObject.builder()
                                    .put("user_id", user)
                                    .put("ts", received.ts())
                                    .build());
                }
            });
        }
        return batch(received, peer, added, List.of());
    }

    /** Some tell of a user's leaving in the channel's next version, and nowhere else. */
    private static Envelope left(Envelope received, ServerId peer) {
        if (!(received.payload().members().get("removed")
                instanceof JsonArray(List<JsonValue> users))) {
            return received;
        }
        List<JsonValue> removed = new ArrayList<>();
        for (JsonValue user : users) {
            if (user instanceof JsonText(String id)) {
                removed.add(
                        JsonObject.builder().put("user_id", id).put("ts", received.ts()).build());
            }
        }
        return batch(received, peer, List.of(), removed);
    }

    private static Envelope batch(
            Envelope received, ServerId peer, List<JsonValue> added, List<JsonValue> removed) {
        return Envelope.of(
                "PRESENCE_BATCH",
                received.from(),
                received.to(),
                received.ts(),
                Payload.of(
                        JsonObject.builder()
                                .put("server_id", peer.value())
                                .put("ts", received.ts())
                                .put("added", upTo(added, PresenceBatch.ENTRIES_READ_MAX))
                                .put(
                                        "removed",
                                        upTo(
                                                removed,
                                                PresenceBatch.ENTRIES_READ_MAX - added.size()))
                                .build()),
                received.sig());
    }

    /** What the standard has for this message; beside it all that the server said itself. */
    public static Payload payload(Envelope received, Authored message) {
        JsonObject.Builder fields = JsonObject.builder();
        if (received.type().equals(message.type().name())) {
            received.payload().members().members().forEach(fields::put);
        }
        PayloadWriter.payload(message).members().members().forEach(fields::put);
        return Payload.of(fields.build());
    }

    private static JsonArray upTo(List<JsonValue> entries, int max) {
        return new JsonArray(entries.subList(0, Math.clamp(max, 0, entries.size())));
    }

    /** The register's answer for one user. */
    private static Envelope found(Envelope received) {
        return Envelope.of(
                "PUBKEY_RESPONSE",
                received.from(),
                received.to(),
                received.ts(),
                received.payload(),
                received.sig());
    }

    /** A user's key for the register is also the word that the user is there. */
    private static Envelope registered(Envelope received, ServerId peer) {
        JsonObject members = received.payload().members();
        JsonObject.Builder fields = JsonObject.builder().put("server_id", peer.value());
        text(members, "user_id").ifPresent(user -> fields.put("user_id", user));
        text(members, "pubkey").ifPresent(key -> fields.put("pubkey", key));
        return Envelope.of(
                "USER_ADVERTISE",
                received.from(),
                received.to(),
                received.ts(),
                Payload.of(fields.build()),
                received.sig());
    }

    /**
     * Some announce a third server, or say where users are: of that, the server is learned, as from
     * a welcome. Without host and key there is nothing to learn.
     */
    private static Envelope announced(Envelope received, ServerId peer) {
        JsonObject members = received.payload().members();
        boolean isOfItself =
                text(members, "server_id").map(received.from()::equals).orElse(true)
                        && members.get("host") != null
                        && members.get("port") != null
                        && members.get("pubkey") != null;
        if (members.get("user_locations") instanceof JsonObject && !isOfItself) {
            return roster(received, members, peer);
        }
        return isOfItself
                ? received
                : Envelope.of(
                        "SERVER_WELCOME",
                        received.from(),
                        received.to(),
                        received.ts(),
                        Payload.of(
                                JsonObject.builder()
                                        .put("servers", new JsonArray(List.of(members)))
                                        .build()),
                        received.sig());
    }

    private static Optional<String> text(JsonObject members, String field) {
        return members.get(field) instanceof JsonText(String value)
                ? Optional.of(value)
                : Optional.empty();
    }

    /** The author's time, where the frame's own is the server's. */
    private static long time(JsonObject members, Envelope received) {
        for (String field : List.of("orig_ts", "original_ts", "ts")) {
            if (members.get(field) instanceof JsonNumber(String literal)) {
                try {
                    long ts = Long.parseLong(literal);
                    if (ts >= 0 && ts <= EnvelopeLimits.TS_MAX) {
                        return ts;
                    }
                } catch (NumberFormatException noInteger) {
                    // Then it is not what an author signed.
                }
            }
        }
        return received.ts();
    }
}
