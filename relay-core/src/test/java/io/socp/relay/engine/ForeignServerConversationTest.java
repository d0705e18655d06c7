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
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.ServerId;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A foreign server, played here, with relay A, where Alice is; Bob is on relay B, and Carol on the
 * foreign server.
 */
class ForeignServerConversationTest {

    private static final ServerId PREFIXED = new ServerId("server_" + C.id());

    private final SimulatedMesh mesh = new SimulatedMesh(78);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private SimulatedRelay a;
    private ScriptedEnd server;

    @BeforeEach
    void connectUsers() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.UNPINNED);
        a = relays.get(0);
        mesh.run(Duration.ofSeconds(10));
        alice.connectPlainly(a);
        bob.connectPlainly(relays.get(1));
        settle();
        server = mesh.dial(a);
    }

    @Test
    void shouldTellAuthorsTimeWhereverServerLooksForIt() {
        join(Envelopes.serverHelloJoin(C));
        host(C.id());

        Envelope sent = alice.tell(CAROL, "hi");
        settle();

        Envelope deliver = server.received("SERVER_DELIVER").getLast();
        JsonObject payload = deliver.payload().members();
        assertThat(deliver.ts()).isEqualTo(sent.ts());
        assertThat(List.of(payload.get("orig_ts"), payload.get("original_ts"), payload.get("ts")))
                .containsOnly(JsonNumber.of(sent.ts()));
        assertThat(payload.get("inner_type")).isEqualTo(new JsonText("MSG_DIRECT"));
        assertThat(payload.get("public")).isEqualTo(JsonLiteral.FALSE);
        assertThat(payload.get("type")).isNull();
        assertSignedByA(deliver);
    }

    @Test
    void shouldDeliverWithTheAuthorsTimeFromThePayload() {
        join(Envelopes.serverHelloJoin(C));
        host(C.id());
        long written = now() - 3_000;

        server.send(
                Envelopes.serverDeliver(C, CAROL, ALICE)
                        .ts(now())
                        .with("orig_ts", written)
                        .signedBy(C.keys())
                        .build());
        settle();

        assertThat(alice.last("USER_DELIVER").ts()).isEqualTo(written);
    }

    @Test
    void shouldHandOnWhatElseTheAuthorSaid() {
        join(Envelopes.serverHelloJoin(C));
        host(C.id());

        alice.send(
                Envelopes.msgDirect(ALICE, CAROL)
                        .ts(now())
                        .with("public", JsonLiteral.TRUE)
                        .with("sender", BOB.id().value())
                        .signedBy(ALICE.keys()));
        settle();

        JsonObject payload = server.received("SERVER_DELIVER").getLast().payload().members();
        assertThat(payload.get("public")).isEqualTo(JsonLiteral.TRUE);
        assertThat(payload.get("sender")).isEqualTo(new JsonText(ALICE.id().value()));
    }

    @Test
    void shouldPassUsersFrameUntouchedToServerThatKeepsToTheStandard() {
        join(Envelopes.serverHelloJoin(C));

        Envelope sent = alice.tellAll("hello");
        settle();

        assertThat(server.received("MSG_PUBLIC_CHANNEL")).containsExactly(sent);
    }

    @Test
    void shouldSignPublicTextForServerWithKeysAsPem() {
        join(Envelopes.serverHelloJoin(C).with("pubkey", C.key().text(KeyContainer.PEM_BASE64URL)));

        alice.tellAll("hello");
        settle();

        Envelope text = server.received("MSG_PUBLIC_CHANNEL").getLast();
        assertThat(text.from()).isEqualTo(ALICE.id().value());
        assertThat(text.to()).isEqualTo("public");
        assertThat(text(text, "sender_pub"))
                .isEqualTo(ALICE.key().text(KeyContainer.PEM_BASE64URL));
        assertSignedByA(text);
    }

    @Test
    void shouldPassFileUntouchedToServerWithKeysAsPem() {
        join(Envelopes.serverHelloJoin(C).with("pubkey", C.key().text(KeyContainer.PEM_BASE64URL)));
        host(C.id());

        Envelope sent =
                alice.send(Envelopes.fileStart(ALICE, CAROL.id()).ts(now()).signedBy(ALICE.keys()));
        settle();

        assertThat(server.received("FILE_START")).containsExactly(sent);
    }

    @Test
    void shouldSpeakForItsUsersToServerWithPrefixedId() {
        joinPrefixed();

        Envelope sent = alice.tellAll("hello");
        settle();

        Envelope text = server.received("MSG_PUBLIC_CHANNEL").getLast();
        assertThat(text.from()).isEqualTo("server_" + A.id());
        assertThat(text(text, "from")).isEqualTo(ALICE.id().value());
        assertThat(text.payload().members().get("ts")).isEqualTo(JsonNumber.of(sent.ts()));
        assertThat(text(text, "text")).isEqualTo("hello");
        assertSignedByA(text);
    }

    @Test
    void shouldDeliverUnderPrefixedIdToServerWithOne() {
        joinPrefixed();
        host(PREFIXED);

        alice.tell(CAROL, "hi");
        settle();

        assertThat(server.received("SERVER_DELIVER").getLast().from())
                .isEqualTo("server_" + A.id());
    }

    @Test
    void shouldTakePublicTextThatPrefixedServerSpeaksForItsUser() {
        joinPrefixed();
        host(PREFIXED);
        long written = now() - 1_000;

        server.send(
                new EnvelopeBuilder("MSG_PUBLIC_CHANNEL")
                        .from(PREFIXED)
                        .to("server_" + A.id())
                        .ts(now())
                        .with("channel", "public")
                        .with("text", "good morning")
                        .with("from", CAROL.id().value())
                        .with("ts", written)
                        .with("sender_pub", CAROL.key().text())
                        .with("content_sig", "")
                        .signedBy(C.keys())
                        .build());
        settle();

        Envelope text = alice.last("MSG_PUBLIC_CHANNEL");
        assertThat(text.from()).isEqualTo(CAROL.id().value());
        assertThat(text.ts()).isEqualTo(written);
        assertThat(text(text, "ciphertext")).isEqualTo("good morning");
    }

    @Test
    void shouldNotLetServerSpeakForUserOfAnother() {
        joinPrefixed();

        server.send(
                new EnvelopeBuilder("MSG_PUBLIC_CHANNEL")
                        .from(PREFIXED)
                        .to("server_" + A.id())
                        .ts(now())
                        .with("text", "I am Bob")
                        .with("from", BOB.id().value())
                        .signedBy(C.keys())
                        .build());
        settle();

        assertThat(alice.received("MSG_PUBLIC_CHANNEL")).isEmpty();
    }

    @Test
    void shouldTakeFileWrappedInDelivery() {
        join(Envelopes.serverHelloJoin(C).with("pubkey", C.key().text(KeyContainer.PEM_BASE64URL)));
        host(C.id());
        JsonObject inner =
                JsonObject.builder()
                        .put("file_id", "f")
                        .put("name", "a.txt")
                        .put("size", 3)
                        .put("sha256", "00ff")
                        .put("mode", "dm")
                        .build();

        server.send(
                new EnvelopeBuilder("SERVER_DELIVER")
                        .from(CAROL.id())
                        .to(ALICE.id())
                        .ts(now())
                        .with("type", "FILE_START")
                        .with("from", CAROL.id().value())
                        .with("to", ALICE.id().value())
                        .with("ts", now())
                        .with("payload", inner)
                        .with("sig", "")
                        .with("user_id", ALICE.id().value())
                        .signedBy(C.keys())
                        .build());
        settle();

        Envelope start = alice.last("FILE_START");
        assertThat(start.from()).isEqualTo(CAROL.id().value());
        assertThat(text(start, "name")).isEqualTo("a.txt");
    }

    @Test
    void shouldNameSenderAndReaderInFilesForPrefixedServer() {
        joinPrefixed();
        host(PREFIXED);

        alice.send(Envelopes.fileStart(ALICE, CAROL.id()).ts(now()));
        alice.send(Envelopes.fileChunk(ALICE, "public").ts(now()));
        settle();

        Envelope start = server.received("FILE_START").getLast();
        Envelope chunk = server.received("FILE_CHUNK").getLast();
        assertThat(start.from()).isEqualTo("server_" + A.id());
        assertThat(text(start, "sender")).isEqualTo(ALICE.id().value());
        assertThat(text(start, "user_id")).isEqualTo(CAROL.id().value());
        assertThat(text(chunk, "mode")).isEqualTo("public");
    }

    @Test
    void shouldLearnThirdServerFromAnnouncement() {
        join(Envelopes.serverHelloJoin(C));
        int dials = a.dials();

        server.send(
                Envelopes.serverAnnounce(MALLORY)
                        .from(C.id())
                        .with("server_id", MALLORY.id().value())
                        .signedBy(C.keys())
                        .build());
        mesh.run(Duration.ofSeconds(2));

        assertThat(a.dials()).isGreaterThan(dials);
        assertThat(server.errors()).isEmpty();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void shouldKeepServerWhoseGossipHasOtherForms() {
        join(Envelopes.serverHelloJoin(C));

        for (int i = 0; i < 5; i++) {
            server.send(
                    Envelopes.advertise(C, CAROL)
                            .ts(now() + i)
                            .with("user_id", i)
                            .signedBy(C.keys())
                            .build());
        }
        settle();

        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void shouldNotVouchForSenderWhomAnotherServerHosts() {
        join(Envelopes.serverHelloJoin(C));

        server.send(Envelopes.serverDeliver(C, BOB, ALICE).ts(now()).signedBy(C.keys()).build());
        server.send(Envelopes.serverDeliver(C, ALICE, BOB).ts(now()).signedBy(C.keys()).build());
        settle();

        assertThat(alice.received("USER_DELIVER")).isEmpty();
        assertThat(bob.received("USER_DELIVER")).isEmpty();
    }

    @Test
    void shouldKeepNoAdvertisementLongerThanTheBound() {
        join(Envelopes.serverHelloJoin(C));
        JsonObject meta = JsonObject.builder().put("x", "y".repeat(16 * 1024)).build();

        server.send(
                Envelopes.advertise(C, CAROL)
                        .ts(now())
                        .with("meta", meta)
                        .signedBy(C.keys())
                        .build());
        settle();

        assertThat(a.engine().users().find(CAROL.id())).isNull();
    }

    @Test
    void shouldTakeEchoUnderOurPrefixedIdForOurs() {
        joinPrefixed();

        server.send(
                Envelopes.advertise(C, ALICE)
                        .from("server_" + A.id())
                        .ts(now())
                        .with("server_id", "server_" + A.id())
                        .signedBy(C.keys())
                        .build());
        settle();

        assertThat(server.errors()).isEmpty();
    }

    private void join(EnvelopeBuilder greeting) {
        server.send(greeting.signedBy(C.keys()).build());
        settle();
    }

    private void joinPrefixed() {
        join(Envelopes.serverHelloJoin(C).from(PREFIXED));
    }

    /** The foreign server says that Carol is with it. */
    private void host(ServerId server) {
        this.server.send(
                Envelopes.advertise(C, CAROL)
                        .from(server)
                        .ts(now())
                        .with("server_id", server.value())
                        .signedBy(C.keys())
                        .build());
        settle();
    }

    private void assertSignedByA(Envelope frame) {
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        TestKeys.SERVER_A.publicKey(),
                                        frame.payload().canonical(),
                                        Base64Url.decode(frame.sig())))
                .isTrue();
    }

    private long now() {
        return mesh.now().epochMs();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(500));
    }
}
