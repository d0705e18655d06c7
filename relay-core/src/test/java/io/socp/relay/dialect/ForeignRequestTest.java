package io.socp.relay.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.dialect.ForeignRequest.FindKey;
import io.socp.relay.dialect.ForeignRequest.ListUsers;
import io.socp.relay.dialect.ForeignRequest.Listed;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignRequestTest {

    private static final List<Listed> TWO =
            List.of(new Listed("u1", "s1", () -> "k1"), new Listed("u2", "s2", () -> "k2"));
    private static final JsonArray IDS =
            new JsonArray(List.of(new JsonText("u1"), new JsonText("u2")));

    @ParameterizedTest
    @CsvSource({
        "CMD_LIST, USER_LIST",
        "USER_LIST_REQ, USER_LIST",
        "LIST_USERS, USER_LIST",
        "GET_ONLINE_USERS, ONLINE_USERS",
        "DUMP_USERS, DUMP_USERS"
    })
    void shouldListIdsAndNothingElse(String type, String answerType) {
        ListUsers request = list(type);

        assertThat(request.answerType()).isEqualTo(answerType);
        assertThat(members(request)).isEqualTo(Map.of("users", IDS));
    }

    @Test
    void shouldListIdsUnderBothNamesInAnswerToListRequest() {
        ListUsers request = list("LIST_REQUEST");

        assertThat(request.answerType()).isEqualTo("LIST_RESPONSE");
        assertThat(members(request)).isEqualTo(Map.of("users", IDS, "online_users", IDS));
    }

    @ParameterizedTest
    @CsvSource({"USER_LIST_REQUEST", "LIST"})
    void shouldListUsersWithServerAndKey(String type) {
        ListUsers request = list(type);
        JsonArray users = (JsonArray) members(request).get("users");

        assertThat(request.answerType()).isEqualTo("USER_LIST");
        assertThat(users.elements()).hasSize(2);
        assertThat(((JsonObject) users.elements().getFirst()).members())
                .isEqualTo(
                        Map.of(
                                "user_id", new JsonText("u1"),
                                "server_id", new JsonText("s1"),
                                "pubkey", new JsonText("k1")));
    }

    @ParameterizedTest
    @CsvSource({
        "PUBKEY_REQUEST, PUBKEY_RESPONSE, user_id, pubkey",
        "USER_DB_GET, USER_DB_USER, user_id, pubkey",
        "DB_GET_USER, DB_USER, user_id, pubkey",
        "PUB_KEY_REQUEST, PUB_KEY, recipient_uuid, recipient_pub"
    })
    void shouldAnswerKeyUnderTheFieldsOfTheRequest(
            String type, String answerType, String user, String key) {
        FindKey request = (FindKey) ForeignRequest.ofType(type).orElseThrow();

        JsonObject question = JsonObject.builder().put(user, "u1").build();

        assertThat(request.answerType()).isEqualTo(answerType);
        assertThat(ForeignRequest.answer(request, question, "k1").members().members())
                .isEqualTo(
                        Map.of(
                                user,
                                new JsonText("u1"),
                                "found",
                                JsonLiteral.TRUE,
                                key,
                                new JsonText("k1")));
        assertThat(ForeignRequest.answer(request, question, null).members().members())
                .isEqualTo(
                        Map.of(
                                user,
                                new JsonText("u1"),
                                "found",
                                JsonLiteral.FALSE,
                                key,
                                JsonLiteral.NULL));
    }

    @Test
    void shouldRepeatTheNumberOfTheQuestion() {
        FindKey request = (FindKey) ForeignRequest.ofType("DB_GET_USER").orElseThrow();
        JsonObject question = JsonObject.builder().put("user_id", "u1").put("req_id", "r7").build();

        assertThat(ForeignRequest.answer(request, question, "k1").members().get("req_id"))
                .isEqualTo(new JsonText("r7"));
    }

    @Test
    void shouldBoundListsByTheSizeOfTheirRows() {
        ForeignRequest.BY_TYPE.values().stream()
                .filter(ListUsers.class::isInstance)
                .map(ListUsers.class::cast)
                .forEach(request -> {
                    int max = ForeignRequest.limit(request);
                    Listed longest =
                            new Listed("u".repeat(64), "s".repeat(64), () -> "k".repeat(1_067));
                    List<Listed> most = Collections.nCopies(max, longest);
                    assertThat(ForeignRequest.answer(request, most).bytes().length)
                            .as(request.toString())
                            .isLessThan(1 << 20);
                });
    }

    @Test
    void shouldNotKnowOtherTypes() {
        assertThat(ForeignRequest.ofType("MSG_DIRECT")).isEmpty();
        assertThat(ForeignRequest.ofType("cmd_list")).isEmpty();
        assertThat(ForeignRequest.ofType("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"CMD_LIST, 0", "LIST_REQUEST, 0", "COMMAND, 0", "LIST, 1"})
    void shouldMakeTextsOfKeysOnlyWhereTheyAreWanted(String type, int wanted) {
        AtomicInteger made = new AtomicInteger();
        Listed user = new Listed("u1", "s1", () -> "k" + made.incrementAndGet());

        ForeignRequest.answer(list(type), List.of(user));

        assertThat(made).hasValue(wanted);
    }

    private static ListUsers list(String type) {
        return (ListUsers) ForeignRequest.ofType(type).orElseThrow();
    }

    private static Map<String, JsonValue> members(ListUsers request) {
        return ForeignRequest.answer(request, TWO).members().members();
    }
}
