package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.SERVERS;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.ContentSignature;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alice on relay A, Bob on B and Carol on C of a mesh that has formed. */
class ConversationTest {

    private final SimulatedMesh mesh = new SimulatedMesh(21);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private final SimulatedUser carol = mesh.user(CAROL);
    private List<SimulatedRelay> relays;

    @BeforeEach
    void formMesh() {
        relays = mesh.startEach(SERVERS, Pinning.UNPINNED);
        mesh.run(Duration.ofSeconds(20));
        alice.connect(relays.get(0));
        bob.connect(relays.get(1));
        carol.connect(relays.get(2));
        settle();
    }

    @Test
    void shouldWelcomeUserWithServersKey() {
        Envelope welcome = alice.last("USER_WELCOME");

        assertThat(welcome.from()).isEqualTo(A.id().value());
        assertThat(welcome.to()).isEqualTo(ALICE.id().value());
        assertThat(text(welcome, "pubkey")).isEqualTo(A.key().text());
        assertTransportSignature(welcome, A);
    }

    @Test
    void shouldListEveryoneSortedOnEveryRelay() {
        for (SimulatedUser user : List.of(alice, bob, carol)) {
            user.askList();
        }
        settle();

        for (SimulatedUser user : List.of(alice, bob, carol)) {
            assertThat(user.listed()).isEqualTo(ids(ALICE, BOB, CAROL));
        }
    }

    @Test
    void shouldAnswerKeyAsItsOwnerWroteIt() {
        alice.send(Envelopes.pubkeyRequest(ALICE, CAROL));
        settle();

        assertThat(text(alice.last("PUBKEY_RESPONSE"), "pubkey")).isEqualTo(CAROL.key().text());
    }

    @Test
    void shouldAnswerEmptyKeyForUnknownUser() {
        carol.disconnect();
        settle();

        alice.send(Envelopes.pubkeyRequest(ALICE, CAROL));
        settle();

        assertThat(text(alice.last("PUBKEY_RESPONSE"), "pubkey")).isEmpty();
    }

    @Test
    void shouldDeliverDirectMessageOnSameRelay() {
        bob.disconnect();
        settle();
        bob.connect(relays.get(0));
        settle();

        Envelope sent = alice.tell(BOB, "next door");
        settle();

        assertDelivered(sent, bob, A);
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldDeliverDirectMessageAcrossRelays() {
        Envelope sent = alice.tell(BOB, "far away");
        mesh.run(Duration.ofMillis(50));
        Envelope answer = bob.tell(ALICE, "not that far");
        settle();

        assertDelivered(sent, bob, B);
        assertDelivered(answer, alice, A);
        assertThat(carol.received("USER_DELIVER")).isEmpty();
    }

    @Test
    void shouldDeliverPublicMessageOnceToEveryoneByteForByte() {
        var dave = mesh.dial(relays.get(1));
        dave.send(Envelopes.userHello(new Person(USER_4, TestKeys.MALLORY)).build());
        settle();

        Envelope sent = alice.tellAll("hello, all");
        settle();

        for (var link : List.of(bob.link(), carol.link(), dave)) {
            assertThat(link.received("MSG_PUBLIC_CHANNEL"))
                    .singleElement()
                    .satisfies(e -> assertThat(e.bytes()).isEqualTo(sent.bytes()));
        }
        assertThat(alice.received("MSG_PUBLIC_CHANNEL")).isEmpty();
    }

    @Test
    void shouldPassFileToItsRecipientByteForByte() {
        Envelope start = alice.send(Envelopes.fileStart(ALICE, CAROL.id()));
        Envelope chunk = alice.send(Envelopes.fileChunk(ALICE, CAROL.id()));
        Envelope end = alice.send(Envelopes.fileEnd(ALICE, CAROL.id()));
        settle();

        assertThat(carol.link().received())
                .filteredOn(e -> e.type().startsWith("FILE_"))
                .isEqualTo(List.of(start, chunk, end));
        assertThat(bob.link().received()).noneMatch(e -> e.type().startsWith("FILE_"));
    }

    @Test
    void shouldTellSenderWhenRecipientIsNowhere() {
        carol.disconnect();
        settle();

        alice.tell(CAROL, "anyone there?");
        settle();

        Envelope error = alice.last("ERROR");
        assertThat(text(error, "code")).isEqualTo("USER_NOT_FOUND");
        assertThat(text(error, "detail")).isEqualTo(CAROL.id().value());
        assertTransportSignature(error, A);
    }

    @Test
    void shouldRefuseIdThatIsOnlineElsewhereAndKeepTheFirst() {
        var second = mesh.dial(relays.get(2));
        second.send(Envelopes.userHello(ALICE).ts(mesh.now().epochMs()).build());
        settle();

        assertThat(second.errors()).containsExactly("NAME_IN_USE");
        assertThat(second.isClosed()).isTrue();
        Envelope sent = bob.tell(ALICE, "still there?");
        settle();
        assertDelivered(sent, alice, A);
    }

    @Test
    void shouldTellEveryoneWhenUserLeaves() {
        var plain = mesh.user(new Person(USER_4, TestKeys.MALLORY)).connectPlainly(relays.get(2));
        settle();

        alice.disconnect();
        settle();
        bob.askList();
        settle();

        assertThat(bob.listed())
                .isEqualTo(List.of(BOB.id().value(), CAROL.id().value(), USER_4.value()));
        assertThat(plain.last("USER_REMOVE").from()).isEqualTo(A.id().value());
        assertThat(text(plain.last("USER_REMOVE"), "user_id")).isEqualTo(ALICE.id().value());
    }

    @Test
    void shouldTellPlainClientWhoIsOnlineWithFramesOfTheirHomeRelays() {
        var plain = mesh.user(new Person(USER_4, TestKeys.MALLORY)).connectPlainly(relays.get(2));
        settle();

        assertThat(plain.received("USER_ADVERTISE"))
                .extracting(Envelope::from)
                .containsExactlyInAnyOrderElementsOf(
                        SERVERS.stream().map(s -> s.id().value()).toList());
        for (Server home : SERVERS) {
            plain.received("USER_ADVERTISE").stream()
                    .filter(e -> e.from().equals(home.id().value()))
                    .forEach(e -> assertTransportSignature(e, home));
        }
        assertThat(plain.received("USER_WELCOME")).isEmpty();
        assertThat(alice.received("USER_ADVERTISE")).isEmpty();
    }

    @Test
    void shouldFollowUserWhoMovesToAnotherRelay() {
        alice.disconnect();
        mesh.run(Duration.ofMillis(20));
        alice.connect(relays.get(2));
        settle();

        Envelope sent = bob.tell(ALICE, "where now?");
        settle();

        assertThat(text(alice.last("USER_DELIVER"), "ciphertext"))
                .isEqualTo(text(sent, "ciphertext"));
        assertThat(alice.last("USER_DELIVER").from()).isEqualTo(SERVERS.get(2).id().value());
    }

    @Test
    void shouldKeepOrderOfOneSender() {
        List<String> texts = Stream.iterate(0, i -> i + 1).limit(30).map(i -> "no " + i).toList();

        for (String text : texts) {
            alice.tell(BOB, text);
        }
        settle();

        assertThat(bob.received("USER_DELIVER"))
                .extracting(e -> text(e, "ciphertext"))
                .isEqualTo(texts.stream().map(Envelopes::sealed).toList());
    }

    @Test
    void shouldAddressServerDeliverToHostingServer() {
        var impostor = mesh.dial(relays.get(0));
        impostor.send(Envelopes.serverAnnounce(MALLORY_SERVER).build());
        impostor.send(
                Envelopes.advertise(MALLORY_SERVER, new Person(USER_4, TestKeys.MALLORY))
                        .ts(mesh.now().epochMs())
                        .build());
        settle();

        alice.tell(new Person(USER_4, TestKeys.MALLORY), "hello there");
        settle();

        Envelope forwarded = impostor.received("SERVER_DELIVER").getLast();
        assertThat(forwarded.to()).isEqualTo(MALLORY_SERVER.id().value());
        assertThat(forwarded.from()).isEqualTo(A.id().value());
        assertTransportSignature(forwarded, A);
    }

    private static final UserId USER_4 = new UserId("dddddddd-0000-4000-8000-000000000004");
    private static final Server MALLORY_SERVER = io.socp.relay.testing.Actors.MALLORY;

    private void settle() {
        mesh.run(Duration.ofMillis(500));
    }

    private static List<String> ids(Person... people) {
        return Stream.of(people).map(p -> p.id().value()).toList();
    }

    private static void assertDelivered(Envelope sent, SimulatedUser recipient, Server home) {
        Envelope got = recipient.last("USER_DELIVER");
        assertThat(recipient.received("USER_DELIVER")).hasSize(1);
        assertThat(got.from()).isEqualTo(home.id().value());
        assertThat(got.to()).isEqualTo(sent.to());
        assertThat(got.ts()).isEqualTo(sent.ts());
        assertThat(text(got, "sender")).isEqualTo(sent.from());
        for (String field : List.of("ciphertext", "sender_pub", "content_sig")) {
            assertThat(text(got, field)).isEqualTo(text(sent, field));
        }
        assertTransportSignature(got, home);
        assertContentSignature(got);
    }

    private static void assertTransportSignature(Envelope envelope, Server server) {
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        server.key(),
                                        envelope.payload().canonical(),
                                        Base64Url.decode(envelope.sig())))
                .isTrue();
    }

    private static void assertContentSignature(Envelope got) {
        var sealed =
                new SealedText(
                        text(got, "ciphertext"), text(got, "sender_pub"), text(got, "content_sig"));
        var author = new UserId(text(got, "sender"));
        var key = io.socp.relay.testing.Actors.ALL_KEYS.keyOf(author);

        assertThat(
                        ContentSignature.holdsDirect(
                                new SignatureVerifier(),
                                key,
                                sealed,
                                author,
                                new UserId(got.to()),
                                got.ts()))
                .isTrue();
    }
}
