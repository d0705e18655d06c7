package io.socp.relay.dialect;

import static java.util.Map.entry;

import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.envelope.Payload;
import io.socp.relay.ownership.Immutable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request about the directory in some implementation's own words; the standard has commands for
 * these and no frames. Answered in kind. Immutable.
 */
@Immutable
public sealed interface ForeignRequest {

    /** What the answer's frame is called. */
    String answerType();

    /** Everyone online. {@code form} decides how a user is written. */
    record ListUsers(String answerType, Form form) implements ForeignRequest {}

    /** One user's key. */
    record FindKey(String answerType, String userField, String keyField)
            implements ForeignRequest {}

    /** How a list names its users. */
    enum Form {
        /** {@code users}: ids. */
        IDS,
        /** {@code users} and {@code online_users}: ids. */
        IDS_TWICE,
        /** {@code users}: objects with id, server and key. */
        OBJECTS,
        /** {@code response}: the text of an object with {@code users}: ids. */
        TEXT
    }

    /**
     * One user of a list.
     *
     * @param key makes its text, which most forms do not want
     */
    record Listed(String user, String server, Supplier<String> key) {}

    /** Users in one answer: such lists have no pages, and a frame has a bound. */
    int LISTED_MAX = 2_000;

    /** Users in one answer that carries their keys. */
    int LISTED_WITH_KEYS_MAX = 200;

    /** Types of requests we know, and what each asks. */
    Map<String, ForeignRequest> BY_TYPE =
            Map.ofEntries(
                    // Ifera's client, which knows one command.
                    entry("COMMAND", new ListUsers("COMMAND_RESPONSE", Form.TEXT)),
                    entry("CMD_LIST", new ListUsers("USER_LIST", Form.IDS)),
                    entry("DUMP_USERS", new ListUsers("DUMP_USERS", Form.IDS)),
                    entry("USER_LIST_REQ", new ListUsers("USER_LIST", Form.IDS)),
                    entry("USER_LIST_REQUEST", new ListUsers("USER_LIST", Form.OBJECTS)),
                    entry("LIST", new ListUsers("USER_LIST", Form.OBJECTS)),
                    entry("LIST_REQUEST", new ListUsers("LIST_RESPONSE", Form.IDS_TWICE)),
                    entry("LIST_USERS", new ListUsers("USER_LIST", Form.IDS)),
                    entry("GET_ONLINE_USERS", new ListUsers("ONLINE_USERS", Form.IDS)),
                    entry("PUBKEY_REQUEST", new FindKey("PUBKEY_RESPONSE", "user_id", "pubkey")),
                    entry("USER_DB_GET", new FindKey("USER_DB_USER", "user_id", "pubkey")),
                    entry(
                            "PUB_KEY_REQUEST",
                            new FindKey("PUB_KEY", "recipient_uuid", "recipient_pub")),
                    entry("DB_GET_USER", new FindKey("DB_USER", "user_id", "pubkey")));

    /** The request of this type, if it is one. */
    static Optional<ForeignRequest> ofType(String type) {
        return Optional.ofNullable(BY_TYPE.get(type));
    }

    /** How many users an answer may name. */
    static int limit(ListUsers request) {
        return switch (request.form()) {
            case IDS, IDS_TWICE, TEXT -> LISTED_MAX;
            case OBJECTS -> LISTED_WITH_KEYS_MAX;
        };
    }

    /** The answer to a list request; {@code users} sorted by id. */
    static Payload answer(ListUsers request, List<Listed> users) {
        JsonArray ids =
                new JsonArray(users.stream().<JsonValue>map(u -> new JsonText(u.user())).toList());
        return Payload.of(
                switch (request.form()) {
                    case IDS -> JsonObject.builder().put("users", ids).build();
                    case IDS_TWICE ->
                            JsonObject.builder().put("users", ids).put("online_users", ids).build();
                    case TEXT ->
                            JsonObject.builder()
                                    .put("command", "/list")
                                    .put(
                                            "response",
                                            textOf(JsonObject.builder().put("users", ids).build()))
                                    .build();
                    case OBJECTS ->
                            JsonObject.builder()
                                    .put(
                                            "users",
                                            new JsonArray(
                                                    users.stream()
                                                            .map(ForeignRequest::object)
                                                            .toList()))
                                    .build();
                });
    }

    /**
     * The answer to a key request, with what the asker knows it by; null when the user is not
     * known.
     */
    static Payload answer(FindKey request, JsonObject question, @Nullable String key) {
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put(
                                request.userField(),
                                question.get(request.userField()) instanceof JsonText user
                                        ? user
                                        : new JsonText(""))
                        .put("found", key != null)
                        .put(
                                request.keyField(),
                                key == null ? JsonLiteral.NULL : new JsonText(key));
        if (question.get("req_id") instanceof JsonText number) {
            fields.put("req_id", number);
        }
        return Payload.of(fields.build());
    }

    private static String textOf(JsonObject object) {
        return new String(Payload.of(object).canonical(), StandardCharsets.US_ASCII);
    }

    private static JsonValue object(Listed user) {
        return JsonObject.builder()
                .put("user_id", user.user())
                .put("server_id", user.server())
                .put("pubkey", user.key().get())
                .build();
    }
}
