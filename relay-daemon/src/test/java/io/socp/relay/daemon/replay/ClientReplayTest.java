package io.socp.relay.daemon.replay;

import static io.socp.relay.daemon.replay.Answers.assertAdvertised;
import static io.socp.relay.daemon.replay.Answers.assertDirect;
import static io.socp.relay.daemon.replay.Answers.assertFile;
import static io.socp.relay.daemon.replay.Answers.assertSigned;
import static io.socp.relay.daemon.replay.Answers.field;
import static io.socp.relay.daemon.replay.Answers.sealed;
import static io.socp.relay.daemon.replay.Answers.text;
import static io.socp.relay.daemon.replay.Answers.texts;
import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.daemon.replay.Answers.Author;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.identity.IdRule;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.ContentSignature;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of other implementations on relays of ours, by what they said to servers of their own:
 * their users must get all they got there. Carol is a user of ours.
 */
class ClientReplayTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final String FY = "fengyuan213";
    private static final Author FY_ALICE =
            new Author("aaaaaaaa-1111-4111-8111-111111111111", TestKeys.ALICE);
    private static final Author FY_BOB =
            new Author("bbbbbbbb-2222-4222-8222-222222222222", TestKeys.BOB);

    private static final Author WL_ALICE =
            new Author("0ea5bacd-a46d-4ba7-b596-b50ee9b5ed85", TestKeys.ALICE);
    private static final Author WL_BOB =
            new Author("2abc25b4-252e-447c-8b00-6383e7784df6", TestKeys.BOB);
    private static final Author WL_CAROL =
            new Author("4d73a612-3723-43ac-9072-be8e257477e4", TestKeys.MALLORY);

    private static final Author T12_ALICE = new Author("Alice", TestKeys.ALICE);
    private static final Author T12_BOB = new Author("Bob", TestKeys.BOB);

    private static final Author OURS = new Author(CAROL.id().value(), TestKeys.CAROL);

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

    /** Captures alice-server and bob-server. */
    @Test
    void shouldServeTwoClientsOfFengyuan213OnOneRelay() {
        TestRelay relay = stage.relay();
        SocketUser carol = stage.ours(CAROL, relay);
        Cast cast = cast(FY, "A", FY_ALICE, FY_BOB);
        PlayedEnd alice = stage.dial(cast, "alice->server", relay).says("USER_HELLO");
        assertAdvertised(
                alice.hearsOf("USER_ADVERTISE", OURS.id()), OURS, KeyContainer.PEM_BASE64URL);
        assertSigned(alice.hears("PUBLIC_CHANNEL_ADD"), A);
        assertSigned(alice.hears("PUBLIC_CHANNEL_UPDATED"), A);

        PlayedEnd bob = stage.dial(cast, "bob->server", relay).says("USER_HELLO");
        Envelope came = alice.hearsOf("USER_ADVERTISE", FY_BOB.id());
        assertAdvertised(came, FY_BOB, KeyContainer.PEM_BASE64URL);
        assertSigned(came, A);
        assertAdvertised(
                bob.hearsOf("USER_ADVERTISE", FY_ALICE.id()), FY_ALICE, KeyContainer.PEM_BASE64URL);

        alice.says("MSG_DIRECT");
        assertFengyuanDelivered(bob, FY_ALICE, FY_BOB);
        bob.says("MSG_DIRECT");
        assertFengyuanDelivered(alice, FY_BOB, FY_ALICE);
        alice.says("MSG_PUBLIC_CHANNEL");
        assertFengyuanPublic(bob.hears("MSG_PUBLIC_CHANNEL"));
        assertFengyuanPublic(carol.await("MSG_PUBLIC_CHANNEL"));
        alice.says("FILE_START", "FILE_CHUNK", "FILE_CHUNK", "FILE_CHUNK", "FILE_CHUNK");
        alice.says("FILE_END");
        bob.hears("FILE_END");
        assertFile(bob.heard(), 4);

        bob.close();
        assertSigned(alice.hearsOf("USER_REMOVE", FY_BOB.id()), A);
        assertThat(alice.heard()).allSatisfy(ClientReplayTest::assertReadByFengyuan);
        assertThat(bob.heard()).allSatisfy(ClientReplayTest::assertReadByFengyuan);
    }

    /** Captures alice-server1 and bob-server2: the two never met, and Alice is told. */
    @Test
    void shouldTellAClientOfFengyuan213WhoIsNotThere() {
        TestRelay relay = stage.relay();
        SocketUser carol = stage.ours(CAROL, relay);
        Cast cast = cast(FY, "A", FY_ALICE, FY_BOB);
        PlayedEnd alice = stage.dial(cast, "alice->server1", relay).says("USER_HELLO");
        alice.hears("PUBLIC_CHANNEL_UPDATED");

        alice.says("MSG_PUBLIC_CHANNEL", "FILE_START");
        Envelope error = alice.hears("ERROR");

        assertFengyuanPublic(carol.await("MSG_PUBLIC_CHANNEL"));
        assertThat(text(error, "code")).isEqualTo("USER_NOT_FOUND");
        assertThat(text(error, "detail")).contains(FY_BOB.id());
        assertThat(error.to()).isEqualTo(FY_ALICE.id());
        assertSigned(error, A);
        assertThat(alice.heard()).allSatisfy(ClientReplayTest::assertReadByFengyuan);
    }

    /** Captures bob-server2 and alice-server1: the two on two relays of ours, which are linked. */
    @Test
    void shouldLetClientsOfFengyuan213MeetAcrossTwoRelays() {
        TestRelay server1 = stage.relay();
        TestRelay server2 = stage.relayLinkedTo(server1, TestRelay.of(B));
        Cast cast = cast(FY, "A", FY_ALICE, FY_BOB);
        PlayedEnd alice = stage.dial(cast, "alice->server1", server1).says("USER_HELLO");

        PlayedEnd bob = stage.dial(cast, "bob->server2", server2).says("USER_HELLO");
        assertSigned(
                bob.hears("PUBLIC_CHANNEL_ADD", e -> texts(e, "add").contains(FY_BOB.id())), B);
        assertSigned(bob.hears("PUBLIC_CHANNEL_UPDATED", e -> isFrom(e, B)), B);
        assertAdvertised(
                bob.hearsOf("USER_ADVERTISE", FY_ALICE.id()), FY_ALICE, KeyContainer.PEM_BASE64URL);
        alice.hearsOf("USER_ADVERTISE", FY_BOB.id());
        alice.says("MSG_PUBLIC_CHANNEL", "FILE_START");
        assertFengyuanPublic(bob.hears("MSG_PUBLIC_CHANNEL"));

        assertThat(text(bob.hears("FILE_START"), "name")).isEqualTo("f.txt");
        assertThat(alice.heard("ERROR")).isEmpty();
        assertThat(bob.heard()).allSatisfy(ClientReplayTest::assertReadByFengyuan);
    }

    /** Captures alice-server1, bob-server1 and carol-server2. */
    @Test
    void shouldServeClientsOfWillLehmannOnTwoRelays() {
        TestRelay server1 = stage.relay();
        TestRelay server2 = stage.relayLinkedTo(server1, TestRelay.of(B));
        Cast cast = cast("willlehmann", "C", WL_ALICE, WL_BOB, WL_CAROL);
        PlayedEnd alice = willLehmann(cast, "alice->server1", server1);
        PlayedEnd bob = willLehmann(cast, "bob->server1", server1);
        PlayedEnd carol = willLehmann(cast, "carol->server2", server2);
        for (PlayedEnd end : List.of(alice, bob, carol)) {
            for (Author other : List.of(WL_ALICE, WL_BOB, WL_CAROL)) {
                PlayedEnd own = List.of(alice, bob, carol).get(indexOf(other));
                if (end != own) {
                    assertAdvertised(
                            end.hearsOf("USER_ADVERTISE", other.id()),
                            other,
                            KeyContainer.PEM_TEXT);
                }
            }
        }

        alice.says("CMD_LIST");
        assertThat(texts(alice.hears("USER_LIST"), "users"))
                .containsExactly(WL_ALICE.id(), WL_BOB.id(), WL_CAROL.id());
        alice.says("MSG_DIRECT");
        assertWillLehmannDelivered(bob, A, WL_ALICE, WL_BOB);
        bob.says("MSG_DIRECT");
        assertWillLehmannDelivered(alice, A, WL_BOB, WL_ALICE);
        alice.says("MSG_DIRECT");
        assertWillLehmannDelivered(carol, B, WL_ALICE, WL_CAROL);
        alice.says("MSG_PUBLIC_CHANNEL");
        for (PlayedEnd end : List.of(bob, carol)) {
            Envelope said = end.hears("MSG_PUBLIC_CHANNEL");
            assertThat(text(said, "text")).isEqualTo("hello-all");
            assertThat(text(said, "from")).isEqualTo(WL_ALICE.id());
            assertThat(field(said, "ts")).isEqualTo(JsonNumber.of(said.ts()));
        }
        alice.says("FILE_START", "FILE_CHUNK", "FILE_CHUNK", "FILE_END");
        bob.hears("FILE_END");
        assertFile(bob.heard(), 2);
        bob.says("CMD_LIST");
        assertThat(texts(bob.hears("USER_LIST"), "users")).hasSize(3);

        bob.says("USER_REMOVE");
        bob.close();
        alice.hearsOf("USER_REMOVE", WL_BOB.id());
        carol.hearsOf("USER_REMOVE", WL_BOB.id());
        for (PlayedEnd end : List.of(alice, bob, carol)) {
            assertThat(end.heard("ERROR")).isEmpty();
        }
    }

    /** Captures alice-client and bob-client, each at a server of its own. */
    @Test
    void shouldServeClientsOfTroublesome12OnTwoRelays() {
        TestRelay master = stage.relay(TestRelay.of(A).withLenientIds());
        TestRelay local = stage.relayLinkedTo(master, TestRelay.of(B).withLenientIds());
        Cast cast = cast("troublesome12", "D", T12_ALICE, T12_BOB);
        PlayedEnd bob = stage.dial(cast, "bob->local", local).says("USER_HELLO", "HEARTBEAT");
        PlayedEnd alice = stage.dial(cast, "alice->master", master).says("USER_HELLO", "HEARTBEAT");
        alice.hearsOf("USER_ADVERTISE", T12_BOB.id());
        bob.hearsOf("USER_ADVERTISE", T12_ALICE.id());

        alice.says("USER_LIST_REQ", "USER_DB_GET");
        assertThat(texts(alice.hears("USER_LIST"), "users")).containsExactly("Alice", "Bob");
        assertTroublesomeKey(alice.hears("USER_DB_USER"), T12_BOB);
        bob.says("USER_DB_GET");
        assertTroublesomeKey(bob.hears("USER_DB_USER"), T12_ALICE);
        alice.says("MSG_DIRECT");
        Envelope toBob = bob.hears("USER_DELIVER");
        assertDirect(toBob, T12_ALICE, T12_BOB.id(), "D");
        assertSigned(toBob, B);
        bob.says("MSG_DIRECT");
        Envelope toAlice = alice.hears("USER_DELIVER");
        assertDirect(toAlice, T12_BOB, T12_ALICE.id(), "D");
        assertSigned(toAlice, A);
        alice.says("MSG_PUBLIC_CHANNEL");
        assertTroublesomePublic(bob.hears("MSG_PUBLIC_CHANNEL"));
        alice.says("FILE_START", "FILE_CHUNK", "FILE_CHUNK", "FILE_END");
        bob.hears("FILE_END");
        assertFile(bob.heard(), 2);
        assertThat(text(bob.hears("FILE_START"), "sender")).isEqualTo("Alice");

        assertThat(alice.heard("ERROR")).isEmpty();
        assertThat(bob.heard("ERROR")).isEmpty();
    }

    /** What that client's parser demands of every frame. */
    private static void assertReadByFengyuan(Envelope frame) {
        assertThat(frame.sig()).isNotEmpty();
        assertThat(IdRule.UUID_V4.accepts(frame.from())).isTrue();
        assertThat(
                        List.of("*", "public").contains(frame.to())
                                || IdRule.UUID_V4.accepts(frame.to()))
                .isTrue();
    }

    private static void assertFengyuanDelivered(PlayedEnd end, Author author, Author reader) {
        Envelope got = end.hears("USER_DELIVER");
        assertDirect(got, author, reader.id(), "A");
        assertThat(text(got, "sender_pub")).isEqualTo(author.key(KeyContainer.PEM_BASE64URL));
        assertSigned(got, A);
    }

    private static void assertFengyuanPublic(Envelope said) {
        assertThat(said.from()).isEqualTo(FY_ALICE.id());
        assertThat(text(said, "ciphertext")).isEqualTo("aGVsbG8tYWxs");
        assertThat(
                        ContentSignature.holdsPublic(
                                new SignatureVerifier(),
                                FY_ALICE.key().publicKey(),
                                sealed(said),
                                FY_ALICE.user(),
                                said.ts()))
                .isTrue();
    }

    private static void assertWillLehmannDelivered(
            PlayedEnd end, Server relay, Author author, Author reader) {
        Envelope got = end.hears("USER_DELIVER");
        assertDirect(got, author, reader.id(), "C");
        assertThat(text(got, "from")).isEqualTo(author.id());
        assertThat(text(got, "to")).isEqualTo(reader.id());
        assertThat(field(got, "ts")).isEqualTo(JsonNumber.of(got.ts()));
        assertSigned(got, relay);
    }

    private static void assertTroublesomeKey(Envelope answer, Author of) {
        assertThat(text(answer, "user_id")).isEqualTo(of.id());
        assertThat(field(answer, "found")).isEqualTo(JsonLiteral.TRUE);
        assertThat(text(answer, "pubkey")).isEqualTo(of.key(KeyContainer.DER_BASE64URL));
    }

    private static void assertTroublesomePublic(Envelope said) {
        assertThat(text(said, "from")).isEqualTo("Alice");
        assertThat(text(said, "channel")).isEqualTo("public");
        assertThat(text(said, "text")).isEqualTo("hello everyone");
        assertThat(field(said, "ts")).isEqualTo(JsonNumber.of(said.ts()));
    }

    private static boolean isFrom(Envelope frame, Server server) {
        return frame.from().equals(server.id().value());
    }

    private static int indexOf(Author author) {
        return List.of(WL_ALICE, WL_BOB, WL_CAROL).indexOf(author);
    }

    private PlayedEnd willLehmann(Cast cast, String link, TestRelay relay) {
        return stage.dial(cast, link, relay).says("USER_HELLO", "USER_ADVERTISE");
    }

    private static Cast cast(String implementation, String layout, Author... authors) {
        Cast cast = new Cast(implementation, layout);
        for (Author author : authors) {
            cast.with(author.id(), author.key());
        }
        return cast;
    }
}
