package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Habits of single implementations: a foreign server, played here, with relay A, where Alice is;
 * Bob is on relay B, and Carol on the foreign server.
 */
class ForeignServerHabitsTest {

    private static final ServerId PREFIXED = new ServerId("server_" + C.id());

    private final SimulatedMesh mesh = new SimulatedMesh(80);
    private final SimulatedUser alice = mesh.user(ALICE);
    private SimulatedRelay a;
    private ScriptedEnd server;

    @BeforeEach
    void connectUsers() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.UNPINNED);
        a = relays.get(0);
        mesh.run(Duration.ofSeconds(10));
        alice.connectPlainly(a);
        mesh.user(BOB).connectPlainly(relays.get(1));
        settle();
        server = mesh.dial(a);
    }

    @Test
    void shouldNotTellOfChannelToServerThatObjects() {
        join(linkSigned());

        mesh.user(MALLORY_USER).connectPlainly(a);
        settle();

        assertThat(server.received("USER_ADVERTISE")).isNotEmpty();
        assertThat(server.received()).noneMatch(e -> e.type().startsWith("PUBLIC_CHANNEL_"));
    }

    @Test
    void shouldAskServerThatKeepsKeysInRegisterForTheKeyOfItsUser() {
        join(linkSigned());
        send(Envelopes.advertise(C, CAROL).without("pubkey").without("meta"));

        Envelope question = server.received("PUBKEY_REQUEST").getLast();
        send(Envelopes.pubkeyResponse(C, CAROL).to(A.id()));

        assertThat(text(question, "user_id")).isEqualTo(CAROL.id().value());
        assertThat(question.from()).isEqualTo(A.id().value());
        assertThat(a.engine().users().find(CAROL.id()).key()).isEqualTo(CAROL.key());
    }

    @Test
    void shouldAskForKeysOfUsersInSnapshotToo() {
        join(linkSigned());

        send(
                new EnvelopeBuilder("SERVER_ANNOUNCE")
                        .from(C.id())
                        .to(A.id())
                        .with("server_id", C.id().value())
                        .with(
                                "user_locations",
                                JsonObject.builder()
                                        .put(
                                                CAROL.id().value(),
                                                JsonObject.builder()
                                                        .put("server_id", C.id().value())
                                                        .build())
                                        .build()));

        assertThat(server.received("PUBKEY_REQUEST"))
                .anyMatch(e -> text(e, "user_id").equals(CAROL.id().value()));
    }

    @Test
    void shouldAnswerQuestionsOfServerInContainerOfItsKey() {
        join(Envelopes.serverHelloJoin(C).with("pubkey", C.key().text(KeyContainer.PEM_BASE64URL)));

        send(question("PUBKEY_REQUEST", "user_id"));
        send(question("PUB_KEY_REQUEST", "recipient_uuid"));
        send(question("DB_GET_USER", "user_id").with("req_id", "r"));

        String key = BOB.key().text(KeyContainer.PEM_BASE64URL);
        assertThat(text(server.received("PUBKEY_RESPONSE").getLast(), "pubkey")).isEqualTo(key);
        assertThat(text(server.received("PUB_KEY").getLast(), "recipient_pub")).isEqualTo(key);
        Envelope row = server.received("DB_USER").getLast();
        assertThat(text(row, "pubkey")).isEqualTo(key);
        assertThat(text(row, "req_id")).isEqualTo("r");
        assertThat(row.to()).isEqualTo(C.id().value());
    }

    @Test
    void shouldDeliverPublicTextThatServerSendsToSingleReader() {
        join(Envelopes.serverHelloJoin(C));
        send(Envelopes.advertise(C, CAROL));
        long written = now() - 1_000;

        send(
                new EnvelopeBuilder("MSG_PUBLIC_CHANNEL")
                        .from(C.id())
                        .to(A.id())
                        .with("user_id", ALICE.id().value())
                        .with("ciphertext", Envelopes.CIPHERTEXT)
                        .with("sender", CAROL.id().value())
                        .with("sender_pub", CAROL.key().text())
                        .with("content_sig", "")
                        .with("ts", written));

        Envelope text = alice.last("MSG_PUBLIC_CHANNEL");
        assertThat(text.from()).isEqualTo(CAROL.id().value());
        assertThat(text.to()).isEqualTo(ALICE.id().value());
        assertThat(text.ts()).isEqualTo(written);
    }

    @Test
    void shouldTakeFileWithoutAuthorForThatOfWhoWroteLast() {
        join(Envelopes.serverHelloLink(C));
        send(Envelopes.advertise(C, CAROL));
        send(Envelopes.serverDeliver(C, CAROL, ALICE));

        send(piece("FILE_START").with("name", "a").with("size", 1).with("mode", "dm"));
        send(
                piece("FILE_CHUNK")
                        .with("index", 0)
                        .with("ciphertext", Envelopes.CIPHERTEXT)
                        .with("sender", CAROL.id().value()));
        send(piece("FILE_END"));

        for (String type : List.of("FILE_START", "FILE_CHUNK", "FILE_END")) {
            assertThat(alice.last(type).from()).isEqualTo(CAROL.id().value());
            assertThat(alice.last(type).to()).isEqualTo(ALICE.id().value());
        }
    }

    @Test
    void shouldDropFileOfNobody() {
        join(Envelopes.serverHelloLink(C));
        send(Envelopes.advertise(C, CAROL));

        send(piece("FILE_START").with("name", "a").with("size", 1).with("mode", "dm"));

        assertThat(alice.received("FILE_START")).isEmpty();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void shouldTakeUnknownMembersForUsersOfServerThatNamesThemNowhereElse() {
        joinAsPem();

        send(members(member(CAROL), member(ALICE), member(BOB)));

        assertThat(a.engine().users().find(CAROL.id()).key()).isEqualTo(CAROL.key());
        assertThat(home(BOB)).isEqualTo(B.id().toString());
        assertThat(a.engine().users().find(ALICE.id()).location().toString()).contains("Local");
        assertThat(server.errors()).isEmpty();
    }

    @Test
    void shouldTakeNoMembersWhileTheyCouldBeOfAnotherSuchServer() {
        joinAsPem();
        ScriptedEnd other = mesh.dial(a);
        other.send(
                Envelopes.serverHelloJoin(MALLORY)
                        .with("pubkey", MALLORY.key().text(KeyContainer.PEM_BASE64URL))
                        .signedBy(MALLORY.keys())
                        .build());
        settle();

        send(members(member(CAROL)));

        assertThat(a.engine().users().find(CAROL.id())).isNull();
    }

    @Test
    void shouldTakeNoMembersFromServerThatAdvertisesItsUsers() {
        join(Envelopes.serverHelloJoin(C));

        send(members(member(CAROL)));

        assertThat(a.engine().users().find(CAROL.id())).isNull();
    }

    @Test
    void shouldGreetAgainWhereServerForgetsUsWithOneOfTwoLinks() {
        join(Envelopes.serverHelloJoin(C).from(PREFIXED));
        ScriptedEnd first = server;
        server = mesh.dial(a);
        join(Envelopes.serverHelloJoin(C).from(PREFIXED).with("host", "127.0.0.1"));
        int before = server.received("SERVER_HELLO_JOIN").size();

        first.close();
        mesh.run(Duration.ofMillis(500));
        int atOnce = server.received("SERVER_HELLO_JOIN").size();
        mesh.run(Duration.ofSeconds(20));

        assertThat(before).isZero();
        assertThat(atOnce).isEqualTo(1);
        assertThat(server.received("SERVER_HELLO_JOIN"))
                .hasSize(2)
                .allMatch(e -> e.from().equals("server_" + A.id()));
    }

    @Test
    void shouldSignNamesAsTheyAreForServerThatVerifiesNothingElse() {
        join(Envelopes.serverHelloJoin(C).to("ws://127.0.0.1:8765"));
        mesh.user(MALLORY_USER)
                .hello(
                        a,
                        Envelopes.userHello(MALLORY_USER)
                                .with(
                                        "meta",
                                        JsonObject.builder()
                                                .put("display_name", "J\u00fcrgen")
                                                .build()));
        settle();

        List<Envelope> presence = server.received("USER_ADVERTISE");
        assertThat(presence).hasSize(2);
        for (Envelope told : presence) {
            assertThat(
                            new SignatureVerifier()
                                    .verifies(
                                            A.key(),
                                            told.payload().rawUtf8(),
                                            Base64Url.decode(told.sig())))
                    .isTrue();
        }
    }

    @Test
    void shouldTakeClientsBesideIntroducerForItsUsers() {
        JsonObject row =
                JsonObject.builder()
                        .put("user_id", CAROL.id().value())
                        .put("host", "127.0.0.1")
                        .put("port", 1)
                        .put("pubkey", CAROL.key().text())
                        .build();
        join(Envelopes.serverHelloJoin(C));

        send(
                Envelopes.serverWelcome(C, A)
                        .with("introducer", Envelopes.knownServer(C))
                        .with("clients", new JsonArray(List.of(row))));

        assertThat(a.engine().users().find(CAROL.id()).key()).isEqualTo(CAROL.key());
    }

    @Test
    void shouldNotGreetAgainWhereServerRemembersUs() {
        join(Envelopes.serverHelloJoin(C));
        ScriptedEnd first = server;
        server = mesh.dial(a);
        join(Envelopes.serverHelloJoin(C).with("host", "127.0.0.1"));

        first.close();
        mesh.run(Duration.ofSeconds(20));

        assertThat(server.received("SERVER_HELLO_JOIN")).isEmpty();
    }

    private static final Person MALLORY_USER =
            new Person(new UserId("dddddddd-0000-4000-8000-000000000004"), MALLORY.keys());

    private static EnvelopeBuilder linkSigned() {
        return Envelopes.serverHelloJoin(C).with("ws_uri", "ws://127.0.0.1:1");
    }

    private static EnvelopeBuilder question(String type, String field) {
        return new EnvelopeBuilder(type).from(C.id()).to(A.id()).with(field, BOB.id().value());
    }

    private static EnvelopeBuilder piece(String type) {
        return new EnvelopeBuilder("SERVER_DELIVER")
                .from(C.id())
                .to(A.id())
                .with("inner_type", type)
                .with("user_id", ALICE.id().value())
                .with("file_id", "f");
    }

    private static JsonObject member(Person user) {
        return JsonObject.builder()
                .put("member_id", user.id().value())
                .put("wrapped_key", user.key().text(KeyContainer.PEM_BASE64URL))
                .build();
    }

    private static EnvelopeBuilder members(JsonObject... rows) {
        return new EnvelopeBuilder("PUBLIC_CHANNEL_UPDATED")
                .from(C.id())
                .to("*")
                .with("version", 7)
                .with("wraps", new JsonArray(List.of(rows)));
    }

    private String home(Person user) {
        return a.engine().users().find(user.id()).advertisement().statement().server().toString();
    }

    private void joinAsPem() {
        join(Envelopes.serverHelloJoin(C).with("pubkey", C.key().text(KeyContainer.PEM_BASE64URL)));
    }

    private void join(EnvelopeBuilder greeting) {
        server.send(greeting.signedBy(C.keys()).build());
        settle();
    }

    private void send(EnvelopeBuilder frame) {
        server.send(frame.ts(now()).signedBy(C.keys()).build());
        settle();
    }

    private long now() {
        return mesh.now().epochMs();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(500));
    }
}
