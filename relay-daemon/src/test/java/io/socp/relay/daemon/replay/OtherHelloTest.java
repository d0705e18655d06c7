package io.socp.relay.daemon.replay;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ForeignHellos;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of mjzero0 and rhk08 and a server of aniketrattan, by their source, on relay A. Bob is a
 * user of ours.
 */
class OtherHelloTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final int MESSAGES = 20;

    @TempDir private Path dir;

    private Stage stage;
    private TestRelay relay;
    private SocketUser bob;

    @BeforeEach
    void open() {
        stage = new Stage(dir);
        relay = stage.relay();
        bob = stage.ours(BOB, relay);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** It registers on a connection of its own, and signs in on the next. */
    @Test
    void shouldServeAClientOfMjzero0() {
        try (SocketUser first = SocketUser.connect(relay.port())) {
            first.send(ForeignHellos.frame("USER_REGISTER", ALICE, "server").unsigned());
            assertThat(text(first.await("REGISTER_OK"), "user_id")).isEqualTo(ALICE.id().value());
        }
        try (SocketUser alice = SocketUser.connect(relay.port())) {
            alice.send(
                    ForeignHellos.frame("AUTH_HELLO", ALICE, "server")
                            .with("username", "alice")
                            .unsigned());
            alice.await("AUTH_CHALLENGE");
            alice.send(
                    ForeignHellos.frame("AUTH_RESPONSE", ALICE, "server")
                            .with("username", "alice")
                            .with("proof_hmac_hex", "00")
                            .with("pubkey", ALICE.key().text())
                            .unsigned());
            alice.await("AUTH_OK");
            Envelope presence = alice.awaitNews("USER_ADVERTISE", BOB);

            alice.send(
                    Envelopes.msgDirect(ALICE, BOB)
                            .with("public", JsonLiteral.FALSE)
                            .with("sender", ALICE.id().value())
                            .contentSignedBy(ALICE.keys())
                            .unsigned());
            bob.send(Envelopes.msgDirect(BOB, ALICE));

            JsonObject meta = (JsonObject) presence.payload().members().get("meta");
            assertThat(text(meta, "username")).isEqualTo(BOB.id().value());
            assertThat(text(meta, "pubkey")).isEqualTo(BOB.key().text());
            assertThat(text(bob.await("USER_DELIVER"), "sender")).isEqualTo(ALICE.id().value());
            assertThat(alice.await("USER_DELIVER").payload().members().get("public"))
                    .isEqualTo(JsonLiteral.FALSE);
            assertThat(alice.errors()).isEmpty();
        }
    }

    /** Its clock is a fraction of seconds, and its base64 has padding. */
    @Test
    void shouldServeAClientOfRhk08() {
        String key = ALICE.key().text(KeyContainer.PEM_BASE64URL) + "=";
        try (SocketUser alice = SocketUser.connect(relay.port())) {
            alice.send(
                    """
                    {"type":"USER_HELLO","from":"Guest","to":"Server","ts":%d.25,
                    "payload":{"client":"cli-v1","pubkey":"%s","enc_pubkey":"%s"},"sig":""}
                    """
                            .formatted(System.currentTimeMillis() / 1_000, key, key));
            await().atMost(SocketUser.PATIENCE).until(() -> !alice.received().isEmpty());
            Envelope welcome = alice.received().getFirst();
            String id = welcome.to();
            alice.send(
                    ForeignHellos.frame("PUB_KEY_REQUEST", ALICE, "Server")
                            .from(id)
                            .with("recipient_uuid", BOB.id().value()));
            Envelope found = alice.await("PUB_KEY");

            alice.send(Envelopes.msgDirect(ALICE, BOB).from(id).signedBy(ALICE.keys()));
            Envelope told = bob.await("USER_DELIVER");
            bob.send(Envelopes.msgDirect(BOB, ALICE).to(id).signedBy(BOB.keys()));

            assertThat(welcome.type()).isEqualTo("USER_WELCOME");
            assertThat(text(welcome, "server_pub_key"))
                    .isEqualTo(A.key().text(KeyContainer.PEM_BASE64URL) + "=");
            assertThat(text(found, "recipient_pub"))
                    .isEqualTo(BOB.key().text(KeyContainer.PEM_BASE64URL) + "=");
            assertThat(text(told, "sender")).isEqualTo(id);
            assertThat(alice.await("USER_DELIVER").sig()).hasSize(684);
            assertThat(alice.errors()).isEmpty();
        }
    }

    /** It drops what comes too fast, and objects to the channel's state. */
    @Test
    void shouldBringAllToAServerOfAniketrattanAtItsPace() {
        try (SocketUser server = SocketUser.connect(relay.port())) {
            server.send(Envelopes.serverHelloJoin(C).with("ws_uri", "ws://127.0.0.1:1"));
            server.await("SERVER_WELCOME");
            server.send(Envelopes.advertise(C, CAROL));
            bob.awaitNews("USER_ADVERTISE", CAROL);
            List<String> sent = new ArrayList<>();

            for (int i = 0; i < MESSAGES; i++) {
                sent.add(Envelopes.sealed("text " + i));
                bob.send(Envelopes.msgDirect(BOB, CAROL).with("ciphertext", sent.get(i)));
            }
            await().atMost(SocketUser.PATIENCE)
                    .until(() -> server.received("SERVER_DELIVER").size() == MESSAGES);

            assertThat(server.received("SERVER_DELIVER"))
                    .extracting(e -> text(e, "ciphertext"))
                    .isEqualTo(sent);
            assertThat(server.received()).noneMatch(e -> e.type().startsWith("PUBLIC_CHANNEL_"));
        }
    }
}
