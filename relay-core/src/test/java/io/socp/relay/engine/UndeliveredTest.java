package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedLink;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alice on relay A, Bob on B, and a server C that the test plays, with its user Carol. */
class UndeliveredTest {

    private static final String NOT_FOUND = "USER_NOT_FOUND";

    /** Nobody here has this id. */
    private static final Person GHOST =
            new Person(new UserId("dddddddd-0000-4000-8000-000000000004"), TestKeys.MALLORY);

    /** Nobody has named this one either. */
    private static final Person STRANGER =
            new Person(new UserId("eeeeeeee-0000-4000-8000-000000000005"), TestKeys.MALLORY);

    private final SimulatedMesh mesh = new SimulatedMesh(43);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private SimulatedRelay a;
    private SimulatedRelay b;
    private ScriptedEnd c;
    private int messages;

    @BeforeEach
    void linkTwoRelays() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.PINNED);
        a = relays.get(0);
        b = relays.get(1);
        mesh.run(Duration.ofSeconds(20));
        alice.connect(a);
        bob.connect(b);
        settle();
    }

    @Test
    void shouldBringMessagesOfACutOnceItHeals() {
        mesh.openLinks().forEach(SimulatedLink::cut);
        mesh.run(Duration.ofMillis(100));

        alice.tell(BOB, "into the gap");
        alice.tellAll("to all in the gap");
        mesh.run(Duration.ofSeconds(20));

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(bob.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldAcceptMessagesForAVanishedServerUntilItsUsersAreDropped() {
        b.crash();
        mesh.run(Duration.ofSeconds(29));
        alice.tell(BOB, "still counted on");
        settle();
        List<String> withinTheGrace = alice.link().errors();
        mesh.run(Duration.ofSeconds(1));

        alice.tell(BOB, "no longer");
        settle();

        assertThat(withinTheGrace).isEmpty();
        assertThat(alice.link().errors()).containsExactly(NOT_FOUND);
    }

    @Test
    void shouldTellAServerThatAUserIsAGhost() {
        joinAsForeigner();

        deliver(GHOST);
        deliver(GHOST);

        assertThat(c.received("USER_REMOVE"))
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.from()).isEqualTo(A.id().value());
                    assertThat(text(e, "server_id")).isEqualTo(A.id().value());
                    assertThat(text(e, "user_id")).isEqualTo(GHOST.id().value());
                    assertSignedByA(e);
                });
    }

    @Test
    void shouldTellItAgainAfterAWhile() {
        joinAsForeigner();
        deliver(GHOST);

        mesh.run(DeliveryReports.CORRECTION_INTERVAL);
        deliver(GHOST);

        assertThat(c.received("USER_REMOVE")).hasSize(2);
    }

    @Test
    void shouldNotTakeAUserAwayWhoIsHere() {
        joinAsForeigner();

        deliver(ALICE);

        assertThat(c.received("USER_REMOVE")).isEmpty();
        assertThat(alice.received("USER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldBelieveTheGhostWhoArrivesAfterAll() {
        joinAsForeigner();
        deliver(GHOST);
        mesh.user(GHOST).connect(a);
        settle();

        Envelope removal = c.received("USER_REMOVE").getFirst();
        Envelope arrival =
                c.received("USER_ADVERTISE").stream()
                        .filter(e -> text(e, "user_id").equals(GHOST.id().value()))
                        .findFirst()
                        .orElseThrow();

        assertThat(arrival.ts()).isGreaterThan(removal.ts());
    }

    @Test
    void shouldNeverSendAnErrorToAForeignServer() {
        joinAsForeigner();

        deliver(GHOST);
        c.send(chunk());
        c.send(Envelopes.error(C.id()).build());
        c.send(Envelopes.ack(C.id()).build());
        settle();

        assertThat(c.errors()).isEmpty();
        assertThat(a.count(Outcome.Verdict.UNDELIVERABLE)).isEqualTo(2);
    }

    @Test
    void shouldReportEachMessageToTheAuthorOnARelayOfOurKind() {
        joinAsOwnRelay();

        deliver(GHOST);
        deliver(GHOST);
        c.send(chunk());
        settle();

        assertThat(c.received("ERROR"))
                .hasSize(3)
                .allSatisfy(e -> {
                    assertThat(e.from()).isEqualTo(A.id().value());
                    assertThat(e.to()).isEqualTo(CAROL.id().value());
                    assertThat(text(e, "code")).isEqualTo(NOT_FOUND);
                    assertThat(text(e, "detail")).isEqualTo(GHOST.id().value());
                    assertSignedByA(e);
                });
    }

    /**
     * As a relay just started: whoever wrote it is named later, and knows of no loss without us.
     */
    @Test
    void shouldReportMessageOfAuthorNobodyHasNamedToTheRelayItCameFrom() {
        joinAsOwnRelay();

        c.send(
                Envelopes.serverDeliver(C, STRANGER, GHOST)
                        .with("ciphertext", Envelopes.sealed("left over"))
                        .ts(mesh.now().epochMs())
                        .build());
        mesh.run(Duration.ofSeconds(5));

        assertThat(c.received("ERROR"))
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.to()).isEqualTo(STRANGER.id().value());
                    assertThat(text(e, "detail")).isEqualTo(GHOST.id().value());
                });
    }

    @Test
    void shouldNotHandOnAReportThatNobodySigned() {
        joinAsOwnRelay();

        c.send(
                Envelopes.error(C.id())
                        .to(ALICE.id())
                        .with("code", NOT_FOUND)
                        .with("detail", GHOST.id().value())
                        .build());
        settle();

        assertThat(alice.received("ERROR")).isEmpty();
    }

    @Test
    void shouldHandOnTheReportOfARelayOfOurKindAsItsOwn() {
        joinAsOwnRelay();

        c.send(report(ALICE));
        settle();

        assertThat(alice.received("ERROR"))
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.from()).isEqualTo(A.id().value());
                    assertThat(text(e, "detail")).isEqualTo(GHOST.id().value());
                    assertSignedByA(e);
                });
    }

    @Test
    void shouldHandOnNoReportOfAForeignServer() {
        joinAsForeigner();

        c.send(report(ALICE));
        settle();

        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldHandOnReportsOfUndeliveredMessagesToOwnUsersOnly() {
        joinAsOwnRelay();

        c.send(report(BOB));
        c.send(report(CAROL));
        c.send(Envelopes.error(C.id()).to(ALICE.id()).with("code", "TIMEOUT").build());
        settle();

        assertThat(bob.link().errors()).isEmpty();
        assertThat(c.errors()).isEmpty();
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldReportToTheSenderAcrossTwoRelaysAndForgetTheGhost() {
        // Bob leaves while nothing comes through, and A goes on counting on him for a while.
        List<SimulatedLink> links = mesh.openLinks();
        links.forEach(SimulatedLink::mute);
        bob.disconnect();
        mesh.run(Duration.ofSeconds(2));
        links.forEach(SimulatedLink::cut);
        mesh.run(Duration.ofSeconds(4));
        boolean isGhost = a.engine().users().find(BOB.id()) != null;

        alice.tell(BOB, "are you there?");
        settle();

        assertThat(isGhost).isTrue();
        assertThat(alice.received("ERROR"))
                .singleElement()
                .satisfies(e -> assertThat(text(e, "detail")).isEqualTo(BOB.id().value()));
        assertThat(a.engine().users().find(BOB.id())).isNull();
        assertThat(b.count(Outcome.Verdict.UNDELIVERABLE)).isEqualTo(1);
    }

    private void joinAsForeigner() {
        join(Envelopes.serverAnnounce(C));
    }

    private void joinAsOwnRelay() {
        join(Envelopes.serverAnnounce(C).with("ext", JsonObject.builder().put("v", 1).build()));
    }

    /** C links itself to A and names Carol. */
    private void join(EnvelopeBuilder greeting) {
        c = mesh.dial(a);
        c.send(greeting.ts(mesh.now().epochMs()).build());
        settle();
        c.send(Envelopes.advertise(C, CAROL).ts(mesh.now().epochMs()).build());
        settle();
    }

    /** Carol's message, on its way from C. */
    private void deliver(Person recipient) {
        messages++;
        c.send(
                Envelopes.serverDeliver(C, CAROL, recipient)
                        .with("ciphertext", Envelopes.sealed("message " + messages))
                        .ts(mesh.now().epochMs())
                        .build());
        settle();
    }

    private Envelope chunk() {
        return Envelopes.fileChunk(CAROL, GHOST.id())
                .signedBy(CAROL.keys())
                .ts(mesh.now().epochMs())
                .build();
    }

    private static Envelope report(Person author) {
        return Envelopes.error(C.id())
                .to(author.id())
                .with("code", NOT_FOUND)
                .with("detail", GHOST.id().value())
                .signedBy(C.keys())
                .build();
    }

    private static void assertSignedByA(Envelope envelope) {
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        A.key(),
                                        envelope.payload().canonical(),
                                        Base64Url.decode(envelope.sig())))
                .isTrue();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(500));
    }
}
