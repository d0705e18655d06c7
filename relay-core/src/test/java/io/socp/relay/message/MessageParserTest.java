package io.socp.relay.message;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageParserTest {

    private static final Map<String, Supplier<EnvelopeBuilder>> VALID =
            Map.ofEntries(
                    Map.entry("SERVER_HELLO_JOIN", () -> Envelopes.serverHelloJoin(A)),
                    Map.entry("SERVER_HELLO_LINK", () -> Envelopes.serverHelloLink(A)),
                    Map.entry("SERVER_ANNOUNCE", () -> Envelopes.serverAnnounce(A)),
                    Map.entry("SERVER_WELCOME", () -> Envelopes.serverWelcome(A, B)),
                    Map.entry("HEARTBEAT", () -> Envelopes.heartbeat(A)),
                    Map.entry("USER_ADVERTISE", () -> Envelopes.advertise(A, ALICE)),
                    Map.entry("USER_REMOVE", () -> Envelopes.remove(A, ALICE)),
                    Map.entry("USER_HELLO", () -> Envelopes.userHello(ALICE)),
                    Map.entry("USER_WELCOME", () -> Envelopes.userWelcome(A)),
                    Map.entry("MSG_DIRECT", () -> Envelopes.msgDirect(ALICE, BOB)),
                    Map.entry("MSG_PUBLIC_CHANNEL", () -> Envelopes.msgPublic(ALICE)),
                    Map.entry("SERVER_DELIVER", () -> Envelopes.serverDeliver(A, ALICE, BOB)),
                    Map.entry("USER_DELIVER", () -> Envelopes.userDeliver(A, ALICE, BOB)),
                    Map.entry("FILE_START", () -> Envelopes.fileStart(ALICE, BOB.id())),
                    Map.entry("FILE_CHUNK", () -> Envelopes.fileChunk(ALICE, BOB.id())),
                    Map.entry("FILE_END", () -> Envelopes.fileEnd(ALICE, BOB.id())),
                    Map.entry("PUBLIC_CHANNEL_ADD", () -> Envelopes.channelAdd(A)),
                    Map.entry("PUBLIC_CHANNEL_UPDATED", () -> Envelopes.channelUpdated(A)),
                    Map.entry("PUBLIC_CHANNEL_KEY_SHARE", () -> Envelopes.channelKeyShare(A)),
                    Map.entry("LIST_RESPONSE", () -> Envelopes.listResponse(A)),
                    Map.entry("PUBKEY_REQUEST", () -> Envelopes.pubkeyRequest(ALICE, BOB)),
                    Map.entry("PUBKEY_RESPONSE", () -> Envelopes.pubkeyResponse(A, BOB)));

    /** Type, the payload fields it cannot do without. */
    private static final Map<String, List<String>> REQUIRED =
            Map.ofEntries(
                    Map.entry("SERVER_HELLO_JOIN", List.of("host", "port", "pubkey")),
                    Map.entry("SERVER_HELLO_LINK", List.of("host", "port", "pubkey")),
                    Map.entry("SERVER_ANNOUNCE", List.of("host", "port", "pubkey")),
                    Map.entry("USER_ADVERTISE", List.of("user_id")),
                    Map.entry("USER_REMOVE", List.of("user_id")),
                    Map.entry("USER_HELLO", List.of("pubkey")),
                    Map.entry("USER_WELCOME", List.of("server_id", "pubkey")),
                    Map.entry("MSG_DIRECT", List.of("ciphertext")),
                    Map.entry("SERVER_DELIVER", List.of("user_id", "sender", "ciphertext")),
                    Map.entry("USER_DELIVER", List.of("sender", "ciphertext")),
                    Map.entry("FILE_START", List.of("file_id", "name", "size")),
                    Map.entry("FILE_CHUNK", List.of("file_id", "index", "ciphertext")),
                    Map.entry("FILE_END", List.of("file_id")),
                    Map.entry("PUBLIC_CHANNEL_ADD", List.of("add", "if_version")),
                    Map.entry("PUBLIC_CHANNEL_UPDATED", List.of("version")),
                    Map.entry("PUBLIC_CHANNEL_KEY_SHARE", List.of("creator_pub")),
                    Map.entry("LIST_RESPONSE", List.of("users")),
                    Map.entry("PUBKEY_REQUEST", List.of("user_id")),
                    Map.entry("PUBKEY_RESPONSE", List.of("user_id")));

    private final MessageParser parser = new MessageParser(IdRule.UUID_V4);
    private final MessageParser lenient = new MessageParser(IdRule.LENIENT);

    static Stream<Arguments> requiredFields() {
        return REQUIRED.entrySet().stream()
                .flatMap(e -> e.getValue().stream().map(field -> Arguments.of(e.getKey(), field)));
    }

    static Stream<Arguments> optionalFields() {
        return Stream.of(
                Arguments.of("SERVER_WELCOME", "assigned_id"),
                Arguments.of("SERVER_WELCOME", "pubkey"),
                Arguments.of("USER_ADVERTISE", "meta"),
                Arguments.of("USER_ADVERTISE", "pubkey"),
                Arguments.of("USER_ADVERTISE", "server_id"),
                Arguments.of("USER_REMOVE", "server_id"),
                Arguments.of("PUBLIC_CHANNEL_UPDATED", "wraps"),
                Arguments.of("PUBLIC_CHANNEL_KEY_SHARE", "shares"),
                Arguments.of("USER_HELLO", "client"),
                Arguments.of("USER_HELLO", "enc_pubkey"),
                Arguments.of("USER_HELLO", "meta"),
                Arguments.of("USER_HELLO", "ext"),
                Arguments.of("USER_WELCOME", "ext"),
                Arguments.of("MSG_DIRECT", "sender_pub"),
                Arguments.of("MSG_DIRECT", "content_sig"),
                Arguments.of("FILE_START", "sha256"),
                Arguments.of("FILE_START", "mode"),
                Arguments.of("FILE_CHUNK", "content_sig"),
                Arguments.of("LIST_RESPONSE", "next"),
                Arguments.of("PUBKEY_RESPONSE", "pubkey"));
    }

    static Stream<String> types() {
        return VALID.keySet().stream().sorted();
    }

    /** In the others {@code from} means nothing: the link says who asks or answers. */
    static Stream<String> typesWithSender() {
        return types().filter(type -> !type.startsWith("LIST_") && !type.startsWith("PUBKEY_"))
                .filter(type -> !type.equals("USER_WELCOME"));
    }

    @ParameterizedTest
    @MethodSource("types")
    void shouldReadValidEnvelopes(String type) {
        assertThat(parser.parse(VALID.get(type).get().build()))
                .isInstanceOfSatisfying(
                        Parsing.Parsed.class,
                        parsed -> assertThat(parsed.message().type().name()).isEqualTo(type));
    }

    @ParameterizedTest
    @MethodSource("requiredFields")
    void shouldNameMissingField(String type, String field) {
        Parsing parsing = parser.parse(VALID.get(type).get().without(field).build());

        assertBadField(parsing, "payload." + field);
    }

    @ParameterizedTest
    @MethodSource("requiredFields")
    void shouldNameMistypedField(String type, String field) {
        for (JsonValue wrong : wrongFor(VALID.get(type).get(), field)) {
            var envelope = VALID.get(type).get().contentSig("").with(field, wrong).build();
            assertBadField(parser.parse(envelope), "payload." + field);
        }
    }

    @ParameterizedTest
    @MethodSource("optionalFields")
    void shouldDoWithoutOptionalFieldAndRefuseMistypedOne(String type, String field) {
        Supplier<EnvelopeBuilder> valid = () -> VALID.get(type).get().contentSig("");

        assertThat(parser.parse(valid.get().without(field).build()))
                .isInstanceOf(Parsing.Parsed.class);
        assertThat(parser.parse(valid.get().with(field, JsonLiteral.NULL).build()))
                .isInstanceOf(Parsing.Parsed.class);
        assertBadField(
                parser.parse(valid.get().with(field, JsonLiteral.TRUE).build()),
                "payload." + field);
    }

    @ParameterizedTest
    @MethodSource("typesWithSender")
    void shouldRefuseSenderThatIsNoUuid(String type) {
        EnvelopeBuilder envelope = VALID.get(type).get().contentSig("").from("alice");

        assertThat(parser.parse(envelope.build()))
                .isEqualTo(new Parsing.BadField("from", "a UUID version 4"));
        assertThat(lenient.parse(envelope.build())).isInstanceOf(Parsing.Parsed.class);
        assertThat(lenient.parse(envelope.from("").build()))
                .isEqualTo(new Parsing.BadField("from", "an id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bob",
                "",
                "bbbbbbbb-0000-1000-8000-000000000002",
                "bbbbbbbb-0000-4000-7000-000000000002",
                "bbbbbbbb-0000-4000-8000-00000000000",
                "{bbbbbbbb-0000-4000-8000-000000000002}"
            })
    void shouldRefuseIdsThatAreNoUuidVersion4(String id) {
        assertBadField(
                parser.parse(Envelopes.remove(A, ALICE).with("user_id", id).build()),
                "payload.user_id");
        assertBadField(
                parser.parse(Envelopes.msgDirect(ALICE, BOB).contentSig("").to(id).build()), "to");
    }

    @Test
    void shouldTakeNamesAsIdsWhenLenient() {
        Parsing parsing =
                lenient.parse(Envelopes.msgDirect(ALICE, BOB).from("alice").to("bøb").build());

        assertThat(((Parsing.Parsed) parsing).message())
                .isInstanceOfSatisfying(
                        ChatMessage.MsgDirect.class,
                        direct -> {
                            assertThat(direct.author()).isEqualTo(new UserId("alice"));
                            assertThat(direct.recipient()).isEqualTo(new UserId("bøb"));
                        });
    }

    @ParameterizedTest
    @EnumSource(KeyContainer.class)
    void shouldReadKeyInEachContainerAndKeepItsText(KeyContainer container) {
        String text = ALICE.key().text(container);

        Parsing parsing = parser.parse(Envelopes.userHello(ALICE).with("pubkey", text).build());

        UserHello hello = (UserHello) ((Parsing.Parsed) parsing).message();
        assertThat(hello.key()).isEqualTo(ALICE.key());
        assertThat(hello.key().text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER_HELLO_JOIN, pubkey",
        "SERVER_WELCOME, pubkey",
        "USER_ADVERTISE, pubkey",
        "USER_HELLO, pubkey",
        "USER_HELLO, enc_pubkey",
        "USER_WELCOME, pubkey"
    })
    void shouldNameUnusableKey(String type, String field) {
        Parsing parsing = parser.parse(VALID.get(type).get().with(field, "AAAA").build());

        assertThat(parsing)
                .isInstanceOfSatisfying(
                        Parsing.BadKey.class,
                        bad -> {
                            assertThat(bad.field()).isEqualTo("payload." + field);
                            assertThat(bad.code()).isEqualTo(ErrorCode.BAD_KEY);
                        });
    }

    @Test
    void shouldPassOverRowsThatNameNoServer() {
        var row = Envelopes.knownServer(B);
        var portless = new HashMap<>(row.members());
        portless.put("port", JsonNumber.of(0));
        var rows = new JsonArray(List.of(new JsonObject(portless), JsonNumber.of(1), row));

        Parsing parsing = parser.parse(Envelopes.serverWelcome(A, B).with("servers", rows).build());

        assertThat(welcome(parsing).servers())
                .extracting(MeshMessage.KnownServer::server)
                .containsExactly(B.id());
    }

    @Test
    void shouldFindServersWhereSomeWriteThem() {
        var byId = JsonObject.builder().put(B.id().value(), Envelopes.knownServer(B)).build();
        var list = new JsonArray(List.of(Envelopes.knownServer(B)));

        for (var field : Map.of("servers", byId, "clients", list).entrySet()) {
            var envelope =
                    Envelopes.serverWelcome(A, B)
                            .without("servers")
                            .with(field.getKey(), field.getValue())
                            .build();
            assertThat(welcome(parser.parse(envelope)).servers())
                    .extracting(MeshMessage.KnownServer::server)
                    .containsExactly(B.id());
        }
    }

    @Test
    void shouldFindIntroducersKeyWhereSomeWriteIt() {
        var inside = JsonObject.builder().put("pubkey", A.key().text()).build();

        for (var field :
                Map.of("server_pub", new JsonText(A.key().text()), "introducer", inside)
                        .entrySet()) {
            var envelope =
                    Envelopes.serverWelcome(A, B)
                            .without("pubkey")
                            .with(field.getKey(), field.getValue())
                            .build();
            assertThat(welcome(parser.parse(envelope)).key()).isEqualTo(A.key());
        }
    }

    @Test
    void shouldTakeSenderForHomeWhereServerIdIsLeftOut() {
        Parsing parsing = parser.parse(Envelopes.remove(A, ALICE).without("server_id").build());

        assertThat(((UserRemove) ((Parsing.Parsed) parsing).message()).server()).isEqualTo(A.id());
    }

    @Test
    void shouldRefuseAnnouncementOfAnotherServer() {
        var hearsay =
                Envelopes.serverAnnounce(A).with("server_id", new JsonText(B.id().value())).build();

        assertBadField(parser.parse(hearsay), "payload.server_id");
    }

    @Test
    void shouldReadRequestsInOtherWordsWhereTheyAreKnown() {
        var knowing = new MessageParser(IdRule.UUID_V4, Set.of("CMD_LIST"));

        assertThat(knowing.parse(Envelopes.listRequest(ALICE).type("CMD_LIST").build()))
                .isInstanceOfSatisfying(
                        Parsing.Parsed.class,
                        parsed ->
                                assertThat(parsed.message())
                                        .isInstanceOf(QueryMessage.ForeignQuery.class));
        assertThat(parser.parse(Envelopes.listRequest(ALICE).type("CMD_LIST").build()))
                .isEqualTo(new Parsing.UnknownType("CMD_LIST"));
    }

    @Test
    void shouldNameRowThatIsNoObject() {
        var one = new JsonArray(List.of(JsonNumber.of(1)));

        assertBadField(
                parser.parse(Envelopes.channelUpdated(A).with("wraps", one).build()),
                "payload.wraps[0]");
        assertBadField(
                parser.parse(Envelopes.listResponse(A).with("users", one).build()),
                "payload.users[0]");
        assertBadField(
                parser.parse(Envelopes.channelAdd(A).with("add", one).build()), "payload.add");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "1e3", "9223372036854775808", "99999999999999999999"})
    void shouldRefuseNumbersThatCountNothing(String literal) {
        var number = new JsonNumber(literal);

        assertBadField(
                parser.parse(Envelopes.fileStart(ALICE, "public").with("size", number).build()),
                "payload.size");
        assertBadField(
                parser.parse(Envelopes.fileChunk(ALICE, "public").with("index", number).build()),
                "payload.index");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "-1", "8765.0"})
    void shouldRefusePortsThatAreNone(String literal) {
        assertBadField(
                parser.parse(
                        Envelopes.serverAnnounce(A).with("port", new JsonNumber(literal)).build()),
                "payload.port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a host", "[::1]", "a\nb"})
    void shouldRefuseHostsThatAreNone(String host) {
        assertBadField(
                parser.parse(Envelopes.serverAnnounce(A).with("host", host).build()),
                "payload.host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"msg_direct", "MSG_PRIVATE", "CTRL_CLOSE "})
    void shouldNotKnowOtherTypes(String type) {
        Parsing parsing = parser.parse(Envelopes.heartbeat(A).type(type).build());

        assertThat(parsing).isEqualTo(new Parsing.UnknownType(type));
        assertThat(((Parsing.Malformed) parsing).code()).isEqualTo(ErrorCode.UNKNOWN_TYPE);
    }

    @Test
    void shouldBoundDisplayName() {
        var longest = meta("x".repeat(64));
        var tooLong = meta("x".repeat(65));

        assertThat(parser.parse(Envelopes.userHello(ALICE).with("meta", longest).build()))
                .isInstanceOf(Parsing.Parsed.class);
        assertThat(parser.parse(Envelopes.userHello(ALICE).with("meta", tooLong).build()))
                .isEqualTo(
                        new Parsing.BadField("payload.meta.display_name", "at most 64 characters"));
    }

    @Test
    void shouldTakeClientForPlainWhenItsExtensionsAreNull() {
        Parsing parsing =
                parser.parse(Envelopes.userHello(ALICE).with("ext", JsonLiteral.NULL).build());

        assertThat(((UserHello) ((Parsing.Parsed) parsing).message()).extensions()).isNull();
    }

    @Test
    void shouldTakeEncryptionKeyFromSigningKeyWhereThereIsNone() {
        Parsing parsing = parser.parse(Envelopes.userHello(ALICE).without("enc_pubkey").build());

        assertThat(((UserHello) ((Parsing.Parsed) parsing).message()).encryptionKey())
                .isEqualTo(ALICE.key());
    }

    @Test
    void shouldFindAdvertisedKeyInMeta() {
        var meta = JsonObject.builder().put("pubkey", ALICE.key().text()).build();

        Parsing parsing =
                parser.parse(
                        Envelopes.advertise(A, ALICE).without("pubkey").with("meta", meta).build());

        assertThat(((UserAdvertise) ((Parsing.Parsed) parsing).message()).key())
                .isEqualTo(ALICE.key());
    }

    @Test
    void shouldReadPublicTextWhereSomeWriteIt() {
        Parsing parsing =
                parser.parse(
                        Envelopes.msgPublic(ALICE)
                                .contentSig("")
                                .without("ciphertext")
                                .with("text", "hello")
                                .build());

        var message = (MsgPublicChannel) ((Parsing.Parsed) parsing).message();
        assertThat(message.sealed().ciphertext()).isEqualTo("hello");
    }

    @Test
    void shouldNameTextWherePublicMessageHasNeither() {
        Parsing parsing =
                parser.parse(
                        Envelopes.msgPublic(ALICE).contentSig("").without("ciphertext").build());

        assertBadField(parsing, "payload.text");
    }

    @Test
    void shouldIgnoreUnknownFields() {
        assertThat(parser.parse(Envelopes.heartbeat(A).with("load", 0).build()))
                .isInstanceOf(Parsing.Parsed.class);
    }

    @Test
    void shouldReadBareNotices() {
        for (String type : List.of("ACK", "ERROR", "CTRL_CLOSE")) {
            var bare = EnvelopeBuilder.decode(("{\"type\":\"" + type + "\"}").getBytes(UTF_8));
            assertThat(parser.parse(bare)).isInstanceOf(Parsing.Parsed.class);
        }
    }

    @Test
    void shouldRefusePageMarkThatNoIdCanBe() {
        assertBadField(
                parser.parse(Envelopes.listRequest(ALICE).with("after", "a b").build()),
                "payload.after");
    }

    private static MeshMessage.ServerWelcome welcome(Parsing parsing) {
        return (MeshMessage.ServerWelcome) ((Parsing.Parsed) parsing).message();
    }

    private static JsonObject meta(String displayName) {
        return JsonObject.builder().put("display_name", displayName).build();
    }

    private static List<JsonValue> wrongFor(EnvelopeBuilder valid, String field) {
        JsonValue right = valid.build().payload().members().get(field);
        return Stream.of(
                        new JsonText("text"),
                        JsonNumber.of(1),
                        JsonLiteral.TRUE,
                        JsonLiteral.NULL,
                        JsonObject.EMPTY,
                        new JsonArray(List.of()))
                .filter(value -> value.getClass() != right.getClass())
                .toList();
    }

    private static void assertBadField(Parsing parsing, String field) {
        assertThat(parsing)
                .isInstanceOfSatisfying(
                        Parsing.BadField.class,
                        bad -> {
                            assertThat(bad.field()).isEqualTo(field);
                            assertThat(bad.detail()).startsWith(field + ": expected ");
                        });
    }
}
