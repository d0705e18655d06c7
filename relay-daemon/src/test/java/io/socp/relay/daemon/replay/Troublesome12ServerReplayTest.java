package io.socp.relay.daemon.replay;

import static io.socp.relay.daemon.replay.Answers.assertDirect;
import static io.socp.relay.daemon.replay.Answers.assertFile;
import static io.socp.relay.daemon.replay.Answers.assertSigned;
import static io.socp.relay.daemon.replay.Answers.field;
import static io.socp.relay.daemon.replay.Answers.text;
import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.daemon.replay.Answers.Author;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Troublesome12's servers (capture server-server, with alice-client and bob-client at its ends): a
 * local server that joins us as its master, and a master that we join.
 *
 * <p>Ids are names, so the relay runs with lenient ids. What that server sends of its users bears
 * its own name, and the user's stands in the payload; it takes what is built likewise.
 */
class Troublesome12ServerReplayTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final String LINK = "local->master";
    private static final String LOCAL = "server_15ecb7a0-a6f4-454a-bb42-ccd5e2db80b8";
    private static final String MASTER = "master_server_642b4530-1a82-41c5-a215-04c95d0d4685";

    /** As its kind knows us: it routes to ids with such a prefix only. */
    private static final String US = "server_" + A.id();

    private static final String REQUEST_ID = "ef78fd01-7bce-4297-93ba-fdaa86e8aad1";

    private static final Author ALICE = new Author("Alice", TestKeys.ALICE);
    private static final Author BOB = new Author("Bob", TestKeys.BOB);

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

    /** Bob's server joins us; Alice is a user of ours with Troublesome12's client. */
    @Nested
    class WhenItJoins {

        private final Cast cast = cast().with(LOCAL, C.keys()).naming(MASTER, A.id());
        private TestRelay relay;
        private PlayedEnd alice;
        private PlayedEnd local;

        @BeforeEach
        void join() {
            relay = stage.relay(TestRelay.of(A).withLenientIds());
            local = stage.dial(cast, LINK, relay).says("SERVER_HELLO_JOIN");
            local.hears("SERVER_WELCOME");
            local.says("PUBLIC_CHANNEL_UPDATED", "DB_REGISTER", "USER_ADVERTISE");
            local.says("PUBLIC_CHANNEL_ADD", "PUBLIC_CHANNEL_UPDATED");
            alice = stage.dial(cast, "alice->master", relay).says("USER_HELLO", "HEARTBEAT");
            alice.hearsOf("USER_ADVERTISE", BOB.id());
        }

        @AfterEach
        void noErrors() {
            assertThat(local.heard("ERROR")).isEmpty();
            assertThat(alice.heard("ERROR")).isEmpty();
        }

        /** Without our key it can verify nothing that we send later. */
        @Test
        void shouldFindOurKeyInTheWelcome() {
            Envelope welcome = local.hears("SERVER_WELCOME");

            assertThat(welcome.to()).isEqualTo(LOCAL);
            assertThat(text(welcome, "pubkey")).isEqualTo(A.key().text(KeyContainer.DER_BASE64URL));
            assertSigned(welcome, A, US);
        }

        @Test
        void shouldFindOurAddressInTheWelcome() {
            Envelope welcome = local.hears("SERVER_WELCOME");

            assertThat(text(welcome, "host")).isEqualTo("127.0.0.1");
            assertThat(field(welcome, "port")).isEqualTo(JsonNumber.of(relay.port()));
        }

        @Test
        void shouldBeToldOfOurUsers() {
            Envelope came = local.hearsOf("USER_ADVERTISE", ALICE.id());

            assertThat(text(came, "server_id")).isEqualTo(US);
            assertSigned(came, A, US);
            assertSigned(local.hears("PUBLIC_CHANNEL_UPDATED"), A);
        }

        @Test
        void shouldExchangeDirectMessages() {
            alice.says("USER_LIST_REQ");
            assertThat(Answers.texts(alice.hears("USER_LIST"), "users"))
                    .containsExactly("Alice", "Bob");
            alice.skipsTo("MSG_DIRECT").says("MSG_DIRECT");
            Envelope toBob = local.hears("SERVER_DELIVER");
            local.skipsTo("SERVER_DELIVER").says("SERVER_DELIVER");
            Envelope toAlice = alice.hears("USER_DELIVER");

            assertThat(toBob.to()).isEqualTo(LOCAL);
            assertThat(text(toBob, "user_id")).isEqualTo("Bob");
            assertDirect(toBob, ALICE, "Bob", "D");
            assertSigned(toBob, A, US);
            assertDirect(toAlice, BOB, "Alice", "D");
            assertSigned(toAlice, A);
        }

        /** Its USER_ADVERTISE has no key: the key is in its DB_REGISTER. */
        @Test
        void shouldTellOurUserTheKeyItRegistered() {
            alice.skipsTo("USER_DB_GET").says("USER_DB_GET");

            Envelope answer = alice.hears("USER_DB_USER");
            assertThat(field(answer, "found")).isEqualTo(JsonLiteral.TRUE);
            assertThat(text(answer, "pubkey")).isEqualTo(BOB.key(KeyContainer.DER_BASE64URL));
        }

        /** It asks on behalf of Bob, who cannot write to Alice without her key. */
        @Test
        void shouldAnswerItsQuestionForAKey() {
            local.says("DB_GET_USER");

            Envelope answer = local.hears("DB_USER");
            assertThat(text(answer, "req_id")).isEqualTo(REQUEST_ID);
            assertThat(text(answer, "user_id")).isEqualTo("Alice");
            assertThat(field(answer, "found")).isEqualTo(JsonLiteral.TRUE);
            assertThat(text(answer, "pubkey")).isEqualTo(ALICE.key(KeyContainer.DER_BASE64URL));
            assertSigned(answer, A, US);
        }

        /** Two of them: what lacks author and time in its payload passes its memory only once. */
        @Test
        void shouldGetPublicMessagesOfOurUsers() {
            SocketUser carol = stage.ours(CAROL, relay);
            alice.skipsTo("MSG_PUBLIC_CHANNEL").says("MSG_PUBLIC_CHANNEL");
            Envelope first = local.hears("MSG_PUBLIC_CHANNEL");
            carol.send(Envelopes.msgPublic(CAROL));
            Envelope second =
                    local.hears(
                            "MSG_PUBLIC_CHANNEL", e -> text(e, "from").equals(CAROL.id().value()));

            for (Envelope said : List.of(first, second)) {
                assertSigned(said, A, US);
                assertThat(text(said, "channel")).isEqualTo("public");
                assertThat(field(said, "ts")).isEqualTo(JsonNumber.of(said.ts()));
            }
            assertThat(text(first, "from")).isEqualTo("Alice");
            assertThat(text(first, "text")).isEqualTo("hello everyone");
        }

        /** It hands a piece to the user in {@code payload.user_id}. */
        @Test
        void shouldGetAFileOfOurUser() {
            alice.skipsTo("FILE_START");
            alice.says("FILE_START", "FILE_CHUNK", "FILE_CHUNK", "FILE_END");
            local.hears("FILE_END");

            assertFile(local.heard(), 2);
            for (Envelope part : local.heard()) {
                if (part.type().startsWith("FILE_")) {
                    assertThat(text(part, "user_id")).isEqualTo("Bob");
                    assertSigned(part, A, US);
                }
            }
        }

        @Test
        void shouldTakeItsUserFromOurLists() {
            local.skipsTo("USER_REMOVE").says("USER_REMOVE");

            assertThat(text(alice.hearsOf("USER_REMOVE", "Bob"), "server_id")).isEqualTo(LOCAL);
        }
    }

    /** We join Alice's server; Bob is a user of ours with Troublesome12's client. */
    @Nested
    class WhenWeJoin {

        private final Cast cast = cast().with(MASTER, C.keys()).naming(LOCAL, A.id());
        private TestRelay relay;
        private PlayedEnd bob;
        private PlayedEnd master;

        @BeforeEach
        void join() throws InterruptedException {
            ForeignListener listener = stage.listener();
            cast.atPort(9101, listener.port());
            relay =
                    stage.relay(
                            TestRelay.of(A)
                                    .withLenientIds()
                                    .withIntroducers(TestRelay.introducer(listener.port(), C)));
            master = stage.awaitDialled(listener, cast, LINK);
            master.hears("SERVER_HELLO_JOIN");
            master.says("SERVER_WELCOME");
            Stage.awaitPeers(relay, 1);
            bob = stage.dial(cast, "bob->local", relay).says("USER_HELLO", "HEARTBEAT");
            master.says("PUBLIC_CHANNEL_UPDATED", "USER_ADVERTISE");
            master.says("PUBLIC_CHANNEL_ADD", "PUBLIC_CHANNEL_UPDATED");
            bob.hearsOf("USER_ADVERTISE", "Alice");
        }

        @AfterEach
        void noErrors() {
            assertThat(master.heard("ERROR")).isEmpty();
            assertThat(bob.heard("ERROR")).isEmpty();
        }

        @Test
        void shouldKnowUsByOurJoin() {
            Envelope join = master.hears("SERVER_HELLO_JOIN");

            assertThat(text(join, "pubkey")).isEqualTo(A.key().text(KeyContainer.DER_BASE64URL));
            assertThat(text(join, "host")).isEqualTo("127.0.0.1");
            assertThat(field(join, "port")).isEqualTo(JsonNumber.of(relay.port()));
            assertSigned(join, A);
        }

        @Test
        void shouldBeToldOfOurUsers() {
            Envelope came = master.hearsOf("USER_ADVERTISE", "Bob");

            assertThat(text(came, "server_id")).isEqualTo(US);
            assertSigned(came, A, US);
        }

        /** Its users ask it for keys, and it knows those that are registered. */
        @Test
        void shouldBeToldOurUsersKeys() {
            Envelope registered = master.hears("DB_REGISTER");

            assertThat(text(registered, "user_id")).isEqualTo("Bob");
            assertThat(text(registered, "pubkey")).isEqualTo(BOB.key(KeyContainer.DER_BASE64URL));
            assertSigned(registered, A, US);
        }

        /** Its USER_ADVERTISE has no key, so it is asked. */
        @Test
        void shouldBeAskedForAKey() {
            Envelope question = master.hears("DB_GET_USER");
            cast.naming(REQUEST_ID, text(question, "req_id"));
            master.says("DB_USER");
            bob.hears("USER_ADVERTISE", e -> !text(e, "pubkey").isEmpty());
            bob.says("USER_DB_GET");
            Envelope answer = bob.hears("USER_DB_USER");

            assertThat(text(question, "user_id")).isEqualTo("Alice");
            assertThat(field(answer, "found")).isEqualTo(JsonLiteral.TRUE);
            assertThat(text(answer, "pubkey")).isEqualTo(ALICE.key(KeyContainer.DER_BASE64URL));
        }

        @Test
        void shouldExchangeDirectMessages() {
            master.skipsTo("SERVER_DELIVER").says("SERVER_DELIVER");
            Envelope toBob = bob.hears("USER_DELIVER");
            bob.skipsTo("MSG_DIRECT").says("MSG_DIRECT");
            Envelope toAlice = master.hears("SERVER_DELIVER");

            assertDirect(toBob, ALICE, "Bob", "D");
            assertSigned(toBob, A);
            assertThat(toAlice.to()).isEqualTo(MASTER);
            assertThat(text(toAlice, "user_id")).isEqualTo("Alice");
            assertDirect(toAlice, BOB, "Alice", "D");
            assertSigned(toAlice, A, US);
        }

        @Test
        void shouldBringItsPublicMessagesToOurUsers() {
            SocketUser carol = stage.ours(CAROL, relay);
            master.skipsTo("MSG_PUBLIC_CHANNEL").says("MSG_PUBLIC_CHANNEL");

            Envelope said = bob.hears("MSG_PUBLIC_CHANNEL");
            assertThat(text(said, "text")).isEqualTo("hello everyone");
            assertThat(text(said, "from")).isEqualTo("Alice");
            assertThat(text(carol.await("MSG_PUBLIC_CHANNEL"), "text")).isEqualTo("hello everyone");
        }

        @Test
        void shouldBringItsUsersFileToOurUser() {
            master.skipsTo("FILE_START");
            master.says("FILE_START", "FILE_CHUNK", "FILE_CHUNK", "FILE_END");
            bob.hears("FILE_END");

            assertFile(bob.heard(), 2);
            assertThat(text(bob.hears("FILE_START"), "sender")).isEqualTo("Alice");
        }

        @Test
        void shouldTakeItsUserFromOurLists() {
            master.skipsTo("USER_REMOVE").says("USER_REMOVE");

            assertThat(text(bob.hearsOf("USER_REMOVE", "Alice"), "server_id")).isEqualTo(MASTER);
        }
    }

    private static Cast cast() {
        return new Cast("troublesome12", "D")
                .with(ALICE.id(), ALICE.key())
                .with(BOB.id(), BOB.key());
    }
}
