package io.socp.relay.daemon.replay;

import static io.socp.relay.daemon.replay.Answers.assertAdvertised;
import static io.socp.relay.daemon.replay.Answers.assertSigned;
import static io.socp.relay.daemon.replay.Answers.rows;
import static io.socp.relay.daemon.replay.Answers.text;
import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.daemon.replay.Answers.Author;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.HostPort;
import io.socp.relay.testing.TestKeys;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers of fengyuan213 and WillLehmann (captures server2-server1): the second joins us, and we
 * join the first.
 */
class ServerReplayTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final String LINK = "server2->server1";

    private static final String FY_SERVER1 = "d5f085fc-77a1-4991-8088-8c434c7f38f9";
    private static final String FY_SERVER2 = "840a5452-c62e-47db-b855-266525dad8cb";
    private static final Author FY_ALICE =
            new Author("aaaaaaaa-1111-4111-8111-111111111111", TestKeys.ALICE);
    private static final Author FY_BOB =
            new Author("bbbbbbbb-2222-4222-8222-222222222222", TestKeys.BOB);

    private static final String WL_SERVER1 = "f5a78da8-e223-4a7c-ac2e-352180ff186b";
    private static final String WL_SERVER2 = "bcfcb0db-b512-484c-b3c8-76336a47a8f9";
    private static final Author WL_ALICE =
            new Author("0ea5bacd-a46d-4ba7-b596-b50ee9b5ed85", TestKeys.ALICE);
    private static final Author WL_CAROL =
            new Author("4d73a612-3723-43ac-9072-be8e257477e4", TestKeys.CAROL);

    @TempDir private Path dir;

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(dir);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** Unsigned, as it came; that server links those named in {@code servers}. */
    @Test
    void shouldWelcomeAServerOfFengyuan213() {
        TestRelay relay = stage.relay();
        PlayedEnd server2 = stage.dial(fyJoining(8777), LINK, relay).says("SERVER_HELLO_JOIN");

        Envelope welcome = server2.hears("SERVER_WELCOME");

        assertThat(text(welcome, "assigned_id")).isEqualTo(FY_SERVER2);
        assertThat(welcome.to()).isEqualTo(FY_SERVER2);
        assertSigned(welcome, A);
        assertThat(server2.heard("ERROR")).isEmpty();
    }

    /** It finds its introducer in the list of servers, and reads base64url(PEM) only. */
    @Test
    void shouldNameOurselvesToAServerOfFengyuan213() {
        TestRelay relay = stage.relay();
        PlayedEnd server2 = stage.dial(fyJoining(8777), LINK, relay).says("SERVER_HELLO_JOIN");

        List<JsonObject> servers = rows(server2.hears("SERVER_WELCOME"), "servers");

        assertThat(servers)
                .anySatisfy(row -> {
                    assertThat(row.get("server_id")).isEqualTo(new JsonText(A.id().value()));
                    assertThat(row.get("host")).isEqualTo(new JsonText("127.0.0.1"));
                    assertThat(row.get("port")).isEqualTo(JsonNumber.of(relay.port()));
                    assertThat(row.get("pubkey"))
                            .isEqualTo(new JsonText(A.key().text(KeyContainer.PEM_BASE64URL)));
                });
    }

    /** It closes the link on which it joined: its users are reached at its own address only. */
    @Test
    void shouldDialBackAServerOfFengyuan213() throws InterruptedException {
        TestRelay relay = stage.relay();
        ForeignListener listener = stage.listener();
        Cast cast = fyJoining(listener.port()).with(FY_ALICE.id(), FY_ALICE.key());
        PlayedEnd server2 = stage.dial(cast, LINK, relay).says("SERVER_HELLO_JOIN");
        server2.hears("SERVER_WELCOME");

        server2.says("SERVER_ANNOUNCE").leaves();
        PlayedEnd again = stage.awaitDialled(listener, fyWelcoming(listener), LINK);
        Envelope greeting = again.hears("SERVER_HELLO_JOIN");
        again.says("SERVER_WELCOME").hears("SERVER_ANNOUNCE");
        stage.dial(cast, "alice->server1", relay).says("USER_HELLO");

        assertThat(text(greeting, "pubkey")).isEqualTo(A.key().text(KeyContainer.PEM_BASE64URL));
        assertAdvertised(
                again.hearsOf("USER_ADVERTISE", FY_ALICE.id()),
                FY_ALICE,
                KeyContainer.PEM_BASE64URL);
    }

    /** Its welcome is not signed, and has its own key among the servers. */
    @Test
    void shouldJoinThroughAServerOfFengyuan213() throws InterruptedException {
        ForeignListener listener = stage.listener();
        Cast cast = fyIntroducing(listener).with(FY_BOB.id(), FY_BOB.key());
        TestRelay relay =
                stage.relay(TestRelay.of(A).withIntroducers(TestRelay.introducer(listener.port())));
        PlayedEnd server1 = stage.awaitDialled(listener, cast, LINK);
        Envelope join = server1.hears("SERVER_HELLO_JOIN");

        server1.says("SERVER_WELCOME");
        Envelope announce = server1.hears("SERVER_ANNOUNCE");
        stage.dial(cast, "bob->server2", relay).says("USER_HELLO");

        assertThat(join.to()).isEqualTo("127.0.0.1:" + listener.port());
        assertSigned(announce, A);
        assertAdvertised(
                server1.hearsOf("USER_ADVERTISE", FY_BOB.id()), FY_BOB, KeyContainer.PEM_BASE64URL);
        Stage.awaitPeers(relay, 1);
        assertThat(server1.heard("ERROR")).isEmpty();
    }

    /** The bootstrap entry tells which container it reads. */
    @Test
    void shouldShowAServerOfFengyuan213OurKeyAsItReadsIt() throws InterruptedException {
        ForeignListener listener = stage.listener();
        HostPort address = new HostPort("127.0.0.1", listener.port());
        stage.relay(
                TestRelay.of(A)
                        .withIntroducers(
                                new Introducer(address, in(KeyContainer.PEM_BASE64URL, C.key()))));
        PlayedEnd server1 = stage.awaitDialled(listener, fyIntroducing(listener), LINK);

        Envelope join = server1.hears("SERVER_HELLO_JOIN");

        assertThat(text(join, "pubkey")).isEqualTo(A.key().text(KeyContainer.PEM_BASE64URL));
    }

    /**
     * Its JOIN has no key, so nothing of it can be verified, and it answers every ERROR with one:
     * two such servers never stop. It is told once, and what it says of that stays unanswered.
     */
    @Test
    void shouldNotArgueWithAServerOfWillLehmannThatJoins() {
        TestRelay relay = stage.relay();
        Cast cast =
                new Cast("willlehmann", "C")
                        .with(WL_SERVER2, C.keys())
                        .with(WL_CAROL.id(), WL_CAROL.key())
                        .naming(WL_SERVER1, A.id());
        PlayedEnd server2 = stage.dial(cast, LINK, relay).says("SERVER_HELLO_JOIN");
        Envelope told = server2.hears("ERROR");

        server2.says("ERROR", "ERROR", "ERROR", "ERROR", "ACK", "ACK");
        server2.says("USER_ADVERTISE");
        server2.hears("ERROR", e -> text(e, "detail").contains("USER_ADVERTISE"));

        assertThat(text(told, "detail")).contains("pubkey");
        assertThat(server2.heard("ERROR")).hasSize(2);
    }

    /** It answers our JOIN with an announcement that has no key, and our answer with errors. */
    @Test
    void shouldNotArgueWithAServerOfWillLehmannThatWeDial() throws InterruptedException {
        ForeignListener listener = stage.listener();
        Cast cast =
                new Cast("willlehmann", "C")
                        .with(WL_SERVER1, C.keys())
                        .with(WL_ALICE.id(), WL_ALICE.key())
                        .naming(WL_SERVER2, A.id())
                        .atPort(8765, listener.port());
        stage.relay(TestRelay.of(A).withIntroducers(TestRelay.introducer(listener.port(), C)));
        PlayedEnd server1 = stage.awaitDialled(listener, cast, LINK);
        server1.hears("SERVER_HELLO_JOIN");
        server1.says("SERVER_ANNOUNCE");

        server1.says("ERROR", "ERROR", "ERROR", "ERROR", "USER_ADVERTISE");

        // Sent when the JOIN has found no answer.
        server1.hears("SERVER_ANNOUNCE");
        assertThat(server1.heard("ERROR")).isEmpty();
    }

    private static Cast fyJoining(int port) {
        return new Cast("fengyuan213", "A")
                .with(FY_SERVER2, C.keys())
                .naming(FY_SERVER1, A.id())
                .atPort(8777, port);
    }

    private static Cast fyIntroducing(ForeignListener listener) {
        return new Cast("fengyuan213", "A")
                .with(FY_SERVER1, C.keys())
                .naming(FY_SERVER2, A.id())
                .atPort(8775, listener.port());
    }

    /** Server 2 in the words of server 1: whoever is asked to let another join answers so. */
    private static Cast fyWelcoming(ForeignListener listener) {
        return fyIntroducing(listener).naming(FY_SERVER1, FY_SERVER2);
    }

    private static RsaPublicKey in(KeyContainer container, RsaPublicKey key) {
        return ((KeyReading.Valid) RsaPublicKey.read(key.text(container))).key();
    }
}
