package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.verify.ContentSignature;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three relays of one mesh, users on each: real sockets, real keys. */
class MeshEndToEndTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final SignatureVerifier SIGNATURES = new SignatureVerifier();

    @TempDir private static Path dir;

    private static TestRelay a;
    private static TestRelay b;
    private static TestRelay c;

    private final List<SocketUser> users = new ArrayList<>();

    @BeforeAll
    static void start() {
        a = TestRelay.of(Actors.A).start(dir);
        b = TestRelay.of(Actors.B).withIntroducers(a.asIntroducer()).start(dir);
        c = TestRelay.of(Actors.C).withIntroducers(a.asIntroducer()).start(dir);
        for (TestRelay relay : List.of(a, b, c)) {
            await().atMost(SocketUser.PATIENCE)
                    .until(() -> relay.scrape().value("socp_peers") == 2);
        }
    }

    @AfterAll
    static void stop() {
        List.of(a, b, c).forEach(TestRelay::close);
    }

    @AfterEach
    void leave() {
        users.forEach(SocketUser::close);
        for (TestRelay relay : List.of(a, b, c)) {
            await().atMost(SocketUser.PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> relay.scrape().value("socp_users") == 0);
        }
    }

    @Test
    void shouldDeliverADirectMessageToAUserOfTheSameRelay() {
        SocketUser alice = hello(a, ALICE);
        SocketUser bob = hello(a, BOB);
        Envelope sent = direct(ALICE, BOB);

        alice.send(sent);
        Envelope delivered = bob.await("USER_DELIVER");

        assertDelivery(delivered, sent, Actors.A, ALICE, BOB);
    }

    @Test
    void shouldDeliverADirectMessageAcrossTheMesh() {
        SocketUser alice = hello(a, ALICE);
        SocketUser bob = hello(b, BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);
        Envelope sent = direct(ALICE, BOB);

        alice.send(sent);
        Envelope delivered = bob.await("USER_DELIVER");

        assertDelivery(delivered, sent, Actors.B, ALICE, BOB);
    }

    @Test
    void shouldDeliverBetweenTwoRelaysThatMetThroughAThird() {
        SocketUser bob = hello(b, BOB);
        SocketUser carol = hello(c, CAROL);
        carol.awaitNews("USER_ADVERTISE", BOB);
        Envelope sent = direct(CAROL, BOB);

        carol.send(sent);
        Envelope delivered = bob.await("USER_DELIVER");

        assertDelivery(delivered, sent, Actors.B, CAROL, BOB);
    }

    @Test
    void shouldKeepTheOrderOfAUsersMessages() {
        SocketUser alice = hello(a, ALICE);
        SocketUser bob = hello(c, BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);
        long now = System.currentTimeMillis();
        List<Long> sent = new ArrayList<>();

        for (int i = 0; i < 50; i++) {
            alice.send(Envelopes.msgDirect(ALICE, BOB).ts(now + i).build());
            sent.add(now + i);
        }

        await().atMost(SocketUser.PATIENCE)
                .untilAsserted(() ->
                        assertThat(bob.received("USER_DELIVER").stream().map(Envelope::ts))
                                .containsExactlyElementsOf(sent));
    }

    @Test
    void shouldGiveAPublicMessageOnceToEveryOtherUserAsItWasSigned() {
        SocketUser alice = hello(a, ALICE);
        SocketUser bob = hello(b, BOB);
        SocketUser carol = hello(c, CAROL);
        alice.awaitNews("USER_ADVERTISE", BOB);
        alice.awaitNews("USER_ADVERTISE", CAROL);
        bob.awaitNews("USER_ADVERTISE", ALICE);
        carol.awaitNews("USER_ADVERTISE", ALICE);
        Envelope sent = Envelopes.msgPublic(ALICE).ts(System.currentTimeMillis()).build();

        alice.send(sent);
        Envelope atBob = bob.await("MSG_PUBLIC_CHANNEL");
        Envelope atCarol = carol.await("MSG_PUBLIC_CHANNEL");

        assertThat(List.of(atBob, atCarol))
                .allSatisfy(got -> assertThat(got.bytes()).isEqualTo(sent.bytes()));
        // Whatever else was on its way is there when a later message is.
        alice.send(direct(ALICE, BOB));
        alice.send(direct(ALICE, CAROL));
        bob.await("USER_DELIVER");
        carol.await("USER_DELIVER");
        assertThat(bob.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(carol.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(alice.settle(ALICE).received("MSG_PUBLIC_CHANNEL")).isEmpty();
    }

    @Test
    void shouldDeliverADuplicateOnce() {
        SocketUser alice = hello(a, ALICE);
        SocketUser bob = hello(b, BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);
        Envelope sent = direct(ALICE, BOB);

        alice.send(sent).send(sent).settle(ALICE).send(sent);
        Envelope last = Envelopes.msgDirect(ALICE, BOB).ts(sent.ts() + 1).build();
        alice.send(last);
        bob.await("USER_DELIVER", e -> e.ts() == last.ts());

        assertThat(bob.received("USER_DELIVER").stream().map(Envelope::ts))
                .containsExactly(sent.ts(), last.ts());
        assertThat(alice.errors()).isEmpty();
    }

    @Test
    void shouldTellPlainClientsWhoComesAndWhoGoes() {
        SocketUser alice = plainHello(a, ALICE);

        SocketUser bob = plainHello(b, BOB);
        Envelope came = alice.awaitNews("USER_ADVERTISE", BOB);
        bob.leave();
        Envelope left = alice.awaitNews("USER_REMOVE", BOB);

        assertThat(came.from()).isEqualTo(Actors.B.id().value());
        assertSigned(came, Actors.B);
        assertThat(left.from()).isEqualTo(Actors.B.id().value());
        assertSigned(left, Actors.B);
    }

    @Test
    void shouldTellALateComerWhoIsThereAlready() {
        SocketUser alice = hello(a, ALICE);
        hello(b, BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);

        SocketUser carol = plainHello(a, CAROL);

        assertThat(carol.awaitNews("USER_ADVERTISE", ALICE).from())
                .isEqualTo(Actors.A.id().value());
        assertThat(carol.awaitNews("USER_ADVERTISE", BOB).from()).isEqualTo(Actors.B.id().value());
    }

    @Test
    void shouldNotPushPresenceToOneWhoWantsToAsk() {
        SocketUser alice = connect(a);
        alice.send(
                Envelopes.userHello(ALICE)
                        .with("ext", JsonObject.builder().put("presence", "ask").build()));
        alice.await("USER_WELCOME");
        SocketUser bob = hello(a, BOB);
        bob.leave();
        hello(a, CAROL).settle(CAROL);

        alice.settle(ALICE);

        assertThat(alice.received("USER_ADVERTISE")).isEmpty();
        assertThat(alice.received("USER_REMOVE")).isEmpty();
    }

    @Test
    void shouldListTheUsersOfTheWholeMeshSorted() {
        SocketUser carol = hello(a, CAROL);
        SocketUser alice = hello(c, ALICE);
        SocketUser bob = hello(b, BOB);
        List<String> sorted = Actors.PEOPLE.stream().map(p -> p.id().value()).toList();

        await().atMost(SocketUser.PATIENCE)
                .untilAsserted(() -> {
                    assertThat(list(alice, ALICE)).isEqualTo(sorted);
                    assertThat(list(bob, BOB)).isEqualTo(sorted);
                    assertThat(list(carol, CAROL)).isEqualTo(sorted);
                });
    }

    @Test
    void shouldWelcomeAHelloThatKnowsExtensionsInTheRelaysName() {
        SocketUser alice = hello(a, ALICE);

        Envelope welcome = alice.await("USER_WELCOME");

        assertThat(welcome.from()).isEqualTo(Actors.A.id().value());
        assertThat(welcome.to()).isEqualTo(ALICE.id().value());
        assertThat(ScriptedEnd.text(welcome, "pubkey")).isEqualTo(Actors.A.key().text());
        assertSigned(welcome, Actors.A);
    }

    @Test
    void shouldAnswerWithAUsersKeyFromAcrossTheMesh() {
        SocketUser alice = hello(a, ALICE);
        hello(b, BOB);
        alice.awaitNews("USER_ADVERTISE", BOB);

        alice.send(Envelopes.pubkeyRequest(ALICE, BOB));
        Envelope answer = alice.await("PUBKEY_RESPONSE");

        assertThat(ScriptedEnd.text(answer, "pubkey")).isEqualTo(BOB.key().text());
    }

    @Test
    void shouldRefuseASecondUserOfTheSameNameOnOneRelay() {
        SocketUser first = hello(a, ALICE);

        SocketUser second = connect(a).send(Envelopes.userHello(ALICE));

        assertThat(second.awaitError("NAME_IN_USE")).contains(ALICE.id().value());
        assertThat(second.awaitClose()).isEqualTo(1008);
        first.settle(ALICE);
        assertThat(first.errors()).isEmpty();
    }

    @Test
    void shouldRefuseASecondUserOfTheSameNameAcrossTheMesh() {
        SocketUser first = hello(a, ALICE);
        SocketUser bob = hello(b, BOB);
        bob.awaitNews("USER_ADVERTISE", ALICE);

        SocketUser second = connect(b).send(Envelopes.userHello(ALICE));

        assertThat(second.awaitError("NAME_IN_USE")).contains(ALICE.id().value());
        assertThat(second.awaitClose()).isEqualTo(1008);
        bob.send(direct(BOB, ALICE));
        assertThat(first.await("USER_DELIVER").from()).isEqualTo(Actors.A.id().value());
    }

    @Test
    void shouldTakeTheNameAgainWhenItsUserIsGone() {
        SocketUser bob = hello(b, BOB);
        SocketUser first = hello(a, ALICE);
        bob.awaitNews("USER_ADVERTISE", ALICE);
        first.close();
        bob.awaitNews("USER_REMOVE", ALICE);

        SocketUser again = hello(b, ALICE);

        bob.send(direct(BOB, ALICE));
        assertThat(again.await("USER_DELIVER").from()).isEqualTo(Actors.B.id().value());
    }

    @Test
    void shouldTellTheSenderThatNobodyKnowsTheRecipient() {
        SocketUser alice = hello(a, ALICE);

        alice.send(direct(ALICE, BOB));

        assertThat(alice.awaitError("USER_NOT_FOUND")).contains(BOB.id().value());
    }

    @Test
    void shouldTellTheOthersWhenAUserDropsOff() {
        SocketUser alice = hello(a, ALICE);
        SocketUser bob = hello(b, BOB);
        SocketUser carol = hello(c, CAROL);
        alice.awaitNews("USER_ADVERTISE", BOB);
        carol.awaitNews("USER_ADVERTISE", BOB);

        bob.close();

        alice.awaitNews("USER_REMOVE", BOB);
        carol.awaitNews("USER_REMOVE", BOB);
        alice.send(direct(ALICE, BOB));
        assertThat(alice.awaitError("USER_NOT_FOUND")).contains(BOB.id().value());
    }

    @Test
    void shouldNotKeepAUserWhoLeavesBeforeTheHelloIsAnswered() {
        for (int i = 0; i < 20; i++) {
            SocketUser hasty = connect(a).send(Envelopes.userHello(ALICE));
            hasty.close();
        }

        SocketUser bob = hello(a, BOB);

        await().atMost(SocketUser.PATIENCE)
                .untilAsserted(() -> {
                    assertThat(list(bob, BOB)).containsExactly(BOB.id().value());
                    assertThat(a.scrape().value("socp_links", "user")).isEqualTo(1);
                });
    }

    private SocketUser hello(TestRelay relay, Person person) {
        SocketUser user = SocketUser.hello(relay.port(), person);
        users.add(user);
        return user;
    }

    private SocketUser plainHello(TestRelay relay, Person person) {
        return connect(relay).send(Envelopes.userHello(person));
    }

    private SocketUser connect(TestRelay relay) {
        SocketUser user = SocketUser.connect(relay.port());
        users.add(user);
        return user;
    }

    private static Envelope direct(Person from, Person to) {
        return Envelopes.msgDirect(from, to).ts(System.currentTimeMillis()).build();
    }

    /** Ids of the answer to a new LIST_REQUEST. */
    private static List<String> list(SocketUser asker, Person self) {
        Envelope answer = asker.settle(self).received("LIST_RESPONSE").getLast();
        return ((JsonArray) answer.payload().members().get("users"))
                .elements().stream()
                        .map(user -> ((JsonText) ((JsonObject) user).get("user_id")).value())
                        .toList();
    }

    private static void assertDelivery(
            Envelope delivered, Envelope sent, Server home, Person from, Person to) {
        assertThat(delivered.from()).isEqualTo(home.id().value());
        assertThat(delivered.to()).isEqualTo(to.id().value());
        assertThat(delivered.ts()).isEqualTo(sent.ts());
        assertThat(ScriptedEnd.text(delivered, "sender")).isEqualTo(from.id().value());
        assertSigned(delivered, home);
        SealedText sealed =
                new SealedText(
                        ScriptedEnd.text(delivered, "ciphertext"),
                        ScriptedEnd.text(delivered, "sender_pub"),
                        ScriptedEnd.text(delivered, "content_sig"));
        assertThat(
                        ContentSignature.holdsDirect(
                                SIGNATURES, from.key(), sealed, from.id(), to.id(), delivered.ts()))
                .isTrue();
    }

    private static void assertSigned(Envelope envelope, Server server) {
        assertThat(
                        SIGNATURES.verifies(
                                server.key(),
                                envelope.payload().canonical(),
                                Base64Url.decode(envelope.sig())))
                .as(envelope.type() + " is signed by " + server.id())
                .isTrue();
    }
}
