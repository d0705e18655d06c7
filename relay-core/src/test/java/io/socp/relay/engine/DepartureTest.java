package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.testing.Actors;
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

/** Alice on relay A, Bob and Carol on B, which goes; C is there for those who must go elsewhere. */
class DepartureTest {

    private static final Duration WINDOW = Duration.ofSeconds(2);

    private final SimulatedMesh mesh = new SimulatedMesh(53);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private final SimulatedUser carol = mesh.user(CAROL);
    private SimulatedRelay a;
    private SimulatedRelay b;
    private SimulatedRelay c;

    @BeforeEach
    void linkThreeRelays() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B, C), Pinning.PINNED);
        a = relays.get(0);
        b = relays.get(1);
        c = relays.get(2);
        mesh.run(Duration.ofSeconds(20));
        alice.connect(a);
        bob.connect(b);
        carol.connect(b);
        settle();
    }

    @Test
    void shouldBringMessagesToUsersWhoHaveMovedFromARelayThatGoes() {
        goes();

        alice.tell(BOB, "on your way");
        settle();
        List<Envelope> meanwhile = bob.received("USER_DELIVER");
        bob.connect(c);
        settle();

        assertThat(meanwhile).isEmpty();
        assertThat(bob.received("USER_DELIVER"))
                .singleElement()
                .satisfies(e -> assertThat(e.from()).isEqualTo(C.id().value()));
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldHoldMessagesBackFromTheMomentAPeerSaysThatItGoes() {
        b.onEvent(new RelayEvent.Leave());
        settle();

        alice.tell(BOB, "held back");
        settle();

        assertThat(bob.received("USER_DELIVER")).isEmpty();
        assertThat(a.engine().users().locate(BOB.id())).isEqualTo(new UserLocation.Remote(B.id()));
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldKnowOnceItsPeersHoldBack() {
        b.onEvent(new RelayEvent.Leave());
        int unheard = b.expected().unheard();

        settle();

        assertThat(unheard).isEqualTo(2);
        assertThat(b.expected().unheard()).isZero();
        assertThat(a.expected().unheard()).isZero();
    }

    @Test
    void shouldBringThemWhereTheUserWasOnceTheRelayIsBack() {
        goes();
        alice.tell(BOB, "until you are back");
        b.onEvent(new RelayEvent.PartWithPeers());
        b.crash();
        mesh.run(Duration.ofSeconds(5));

        b.restart();
        mesh.run(Duration.ofSeconds(15));
        bob.connect(b);
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldTellTheAuthorWhenNobodyCameBackInTime() {
        goes();
        alice.tell(BOB, "are you there?");

        mesh.run(Expected.PATIENCE.minusSeconds(2));
        List<String> early = alice.link().errors();
        mesh.run(Duration.ofSeconds(4));

        assertThat(early).isEmpty();
        assertThat(alice.link().errors()).containsExactly("USER_NOT_FOUND");
    }

    @Test
    void shouldBringWhatThoseWhoGoStillSayToThoseWhoHaveGone() {
        goes();

        carol.tell(BOB, "last words");
        settle();
        bob.connect(c);
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(carol.link().errors()).isEmpty();
    }

    @Test
    void shouldBringLastWordsOfOneWhoIsWithTheReadersRelayByNow() {
        goes();

        carol.tell(BOB, "last words");
        settle();
        carol.connect(c);
        settle();
        bob.connect(c);
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(carol.link().errors()).isEmpty();
    }

    @Test
    void shouldBringLastWordsOfOneWhoIsWithAThirdRelayByNow() {
        goes();

        carol.tell(BOB, "last words");
        settle();
        carol.connect(a);
        settle();
        bob.connect(c);
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(carol.link().errors()).isEmpty();
    }

    @Test
    void shouldBringLastWordsOfOneWhoCameWhenTheRelayHadSaidThatItGoes() {
        carol.disconnect();
        settle();
        b.onEvent(new RelayEvent.Leave());
        settle();
        carol.connect(b);
        settle();
        b.onEvent(new RelayEvent.Dismiss(WINDOW));
        settle();

        carol.tell(BOB, "last words");
        settle();
        carol.connect(c);
        settle();
        bob.connect(c);
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldTellAnAuthorBetweenTwoRelaysWhenHeHasArrived() {
        goes();
        var complaint = new Complaint(CAROL.id(), BOB.id());

        b.onEvent(new RelayEvent.Undelivered(complaint));
        settle();
        int owed = b.expected().owed();
        carol.connect(c);
        settle();

        assertThat(owed).isEqualTo(1);
        assertThat(carol.link().errors()).containsExactly("USER_NOT_FOUND");
        assertThat(b.expected().owed()).isZero();
        assertThat(b.expected().neverTold()).isZero();
    }

    @Test
    void shouldNotTellAnAuthorWhoArrivesTooLate() {
        goes();

        a.onEvent(new RelayEvent.Undelivered(new Complaint(CAROL.id(), BOB.id())));
        mesh.run(DeliveryReports.OWED_FOR);
        carol.connect(c);
        settle();

        assertThat(carol.link().errors()).isEmpty();
        assertThat(a.expected().owed()).isZero();
        assertThat(a.expected().neverTold()).isEqualTo(1);
    }

    @Test
    void shouldOweSoManyReportsAndNotOneMore() {
        goes();

        for (int i = 0; i <= DeliveryReports.OWED_MAX; i++) {
            a.onEvent(new RelayEvent.Undelivered(new Complaint(CAROL.id(), BOB.id())));
        }

        assertThat(a.expected().owed()).isEqualTo(DeliveryReports.OWED_MAX);
        assertThat(a.expected().neverTold()).isEqualTo(1);
    }

    @Test
    void shouldOweNothingToThoseWhoAreNotExpected() {
        carol.disconnect();
        settle();

        a.onEvent(new RelayEvent.Undelivered(new Complaint(CAROL.id(), BOB.id())));

        assertThat(a.expected().owed()).isZero();
    }

    @Test
    void shouldPassOnWhatBecameOfMessagesOfThoseWhoHaveLeft() {
        goes();
        carol.connect(a);
        settle();

        b.onEvent(new RelayEvent.Reported(C.id(), new Complaint(CAROL.id(), ALICE.id())));
        settle();

        assertThat(carol.link().errors()).containsExactly("USER_NOT_FOUND");
    }

    @Test
    void shouldTellALinkThatComesUpLaterThatItGoes() {
        c.crash();
        mesh.run(Duration.ofSeconds(1));
        b.onEvent(new RelayEvent.Leave());
        settle();
        c.restart();
        mesh.run(Duration.ofSeconds(20));

        alice.disconnect();
        settle();
        alice.connect(c);
        settle();
        alice.tell(BOB, "held back");
        settle();

        assertThat(b.linksTo(C)).isPositive();
        assertThat(bob.received("USER_DELIVER")).isEmpty();
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldTellThoseWhoGoOfMessagesThatReachNobody() {
        goes();
        carol.tell(BOB, "last words");
        settle();

        b.onEvent(new RelayEvent.StopExpecting());
        settle();

        assertThat(carol.link().errors()).containsExactly("USER_NOT_FOUND");
    }

    @Test
    void shouldSayWhenToComeBackToThoseAloneWhoWantToKnow() {
        bob.disconnect();
        settle();
        JsonObject wish = JsonObject.builder().put("reconnect", true).build();
        bob.hello(b, Envelopes.userHello(BOB).with("ext", wish));
        settle();

        goes();

        Envelope goodbye = bob.last("CTRL_CLOSE");
        var retry = (JsonNumber) goodbye.payload().members().get("retry_ms");
        assertThat(Long.parseLong(retry.literal())).isBetween(0L, WINDOW.toMillis());
        assertThat(goodbye.sig()).isEmpty();
        assertThat(carol.received("CTRL_CLOSE")).isEmpty();
    }

    @Test
    void shouldTakeNobodyOnceItsUsersAreDismissed() {
        goes();

        alice.disconnect();
        settle();
        alice.connect(b);
        settle();

        assertThat(alice.link().isClosed()).isTrue();
        assertThat(b.engine().users().find(ALICE.id())).isNull();
    }

    @Test
    void shouldCloseWithItsUsersAndThenItsPeers() {
        goes();

        b.onEvent(new RelayEvent.PartWithUsers());
        settle();
        boolean isBobGone = bob.link().isClosed();
        int links = b.linksTo(A) + b.linksTo(C);
        b.onEvent(new RelayEvent.PartWithPeers());
        mesh.run(Duration.ofMillis(50));

        assertThat(isBobGone).isTrue();
        assertThat(links).isEqualTo(2);
        assertThat(b.linksTo(A) + b.linksTo(C)).isZero();
    }

    @Test
    void shouldTellAForeignServerRightBeforeTheCloseAlone() {
        ScriptedEnd foreign = mesh.dial(b);
        foreign.send(
                Envelopes.serverHelloJoin(Actors.MALLORY)
                        .without("ext")
                        .ts(mesh.now().epochMs())
                        .build());
        settle();

        goes();
        boolean isToldEarly = !foreign.received("CTRL_CLOSE").isEmpty();
        b.onEvent(new RelayEvent.PartWithPeers());
        settle();

        assertThat(isToldEarly).isFalse();
        assertThat(foreign.received("CTRL_CLOSE")).hasSize(1);
        assertThat(foreign.isClosed()).isTrue();
    }

    @Test
    void shouldKeepUsersInReachOfEachOtherWhereThereIsNowhereElseToGo() {
        var lone = new SimulatedMesh(54);
        SimulatedRelay only = lone.relay(A).start(List.of());
        SimulatedUser one = lone.user(ALICE).connect(only);
        SimulatedUser other = lone.user(BOB).connect(only);
        lone.run(Duration.ofSeconds(1));

        only.onEvent(new RelayEvent.Leave());
        only.onEvent(new RelayEvent.Dismiss(WINDOW));
        one.tell(BOB, "goodbye");
        lone.run(Duration.ofSeconds(1));

        assertThat(other.received("USER_DELIVER")).hasSize(1);
    }

    private void goes() {
        b.onEvent(new RelayEvent.Leave());
        settle();
        b.onEvent(new RelayEvent.Dismiss(WINDOW));
        settle();
    }

    private void settle() {
        mesh.run(Duration.ofSeconds(1));
    }
}
