package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static io.socp.relay.testing.Actors.SERVERS;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.SimulatedLink;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alice on relay A, Bob on B and Carol on C of a mesh that has formed; then something breaks. */
class MeshFailureTest {

    private final SimulatedMesh mesh = new SimulatedMesh(31);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private final SimulatedUser carol = mesh.user(CAROL);
    private SimulatedRelay a;
    private SimulatedRelay b;
    private SimulatedRelay c;

    @BeforeEach
    void formMesh() {
        List<SimulatedRelay> relays = mesh.startEach(SERVERS, Pinning.UNPINNED);
        a = relays.get(0);
        b = relays.get(1);
        c = relays.get(2);
        mesh.run(Duration.ofSeconds(20));
        alice.connect(a);
        bob.connect(b);
        carol.connect(c);
        settle();
    }

    @Test
    void shouldDropUsersOfKilledRelayWithinFiftySeconds() {
        b.crash();
        mesh.run(Duration.ofSeconds(50));

        assertThat(listedBy(alice)).doesNotContain(BOB.id().value()).hasSize(2);
        assertThat(listedBy(carol)).doesNotContain(BOB.id().value()).hasSize(2);
    }

    @Test
    void shouldDropUsersOfSilentRelayWithinFiftySeconds() {
        linksBetween("10.0.0.1", "10.0.0.3").forEach(SimulatedLink::mute);
        linksBetween("10.0.0.2", "10.0.0.3").forEach(SimulatedLink::mute);
        mesh.refuse(A.address());
        mesh.refuse(B.address());
        mesh.refuse(C.address());
        mesh.run(Duration.ofSeconds(50));

        assertThat(listedBy(alice)).isEqualTo(List.of(ALICE.id().value(), BOB.id().value()));
        assertThat(listedBy(carol)).isEqualTo(List.of(CAROL.id().value()));
    }

    @Test
    void shouldGiveUpSilentPeerAfterFortyFiveSeconds() {
        SimulatedLink link = linksBetween("10.0.0.1", "10.0.0.2").getFirst();
        link.mute();

        mesh.run(Duration.ofSeconds(44).minusMillis(500));
        assertThat(a.notices()).doesNotContain("WARN peer " + B.id() + " lost");
        mesh.run(Duration.ofMillis(2_500));

        assertThat(a.notices()).contains("WARN peer " + B.id() + " lost");
        assertThat(link.isOpen()).isFalse();
    }

    @Test
    void shouldTellPlainClientsOfDroppedUsers() {
        carol.disconnect();
        settle();
        carol.connectPlainly(c);
        settle();

        b.crash();
        mesh.run(Duration.ofSeconds(35));

        assertThat(carol.received("USER_REMOVE"))
                .singleElement()
                .satisfies(e -> assertThat(text(e, "user_id")).isEqualTo(BOB.id().value()));
    }

    @Test
    void shouldKeepUsersOfPeerThatComesBackAtOnce() {
        linksBetween("10.0.0.1", "10.0.0.2").forEach(SimulatedLink::cut);
        mesh.run(Duration.ofSeconds(20));

        alice.tell(BOB, "a short break");
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(a.notices()).noneMatch(n -> n.contains("dropped"));
    }

    @Test
    void shouldForgetUserWhoLeftWhilePeersWereApart() {
        b.crash();
        mesh.run(Duration.ofSeconds(2));
        b.restart();
        mesh.run(Duration.ofSeconds(20));

        assertThat(listedBy(alice)).doesNotContain(BOB.id().value());
        assertThat(b.engine().users().size()).isEqualTo(2);
    }

    @Test
    void shouldForgetUsersOfRelayThatVanishedAndReturnedUnnoticed() {
        linksBetween("10.0.0.1", "10.0.0.").forEach(SimulatedLink::mute);
        a.crash();
        mesh.run(Duration.ofSeconds(1));
        a.restart();
        mesh.run(Duration.ofSeconds(20));

        assertThat(listedBy(bob)).doesNotContain(ALICE.id().value());
        assertThat(listedBy(carol)).doesNotContain(ALICE.id().value());
        alice.connect(a);
        mesh.run(Duration.ofMinutes(1));
        bob.tell(ALICE, "there you are");
        settle();

        assertThat(alice.received("USER_DELIVER")).hasSize(1);
        assertThat(a.linksTo(B) + b.linksTo(A)).isEqualTo(2);
    }

    @Test
    void shouldNameAllUsersAnewWhenLinkInUseTurnsOutDead() {
        // A goes on sending on the link it once dialled, which B has lost; nobody else tells B.
        c.crash();
        linksBetween("10.0.0.1", "10.0.0.2").forEach(SimulatedLink::mute);
        b.crash();
        mesh.run(Duration.ofSeconds(1));
        b.restart();
        bob.connect(b);
        mesh.run(Duration.ofSeconds(15));
        assertThat(listedBy(bob)).contains(ALICE.id().value());

        alice.disconnect();
        mesh.run(Duration.ofMinutes(1));

        assertThat(listedBy(bob)).doesNotContain(ALICE.id().value());
        assertThat(a.linksTo(B)).isEqualTo(1);
    }

    @Test
    void shouldDeliverAgainAfterUserReturnsToRestartedRelay() {
        b.crash();
        mesh.run(Duration.ofMinutes(1));
        b.restart();
        bob.connect(b);
        mesh.run(Duration.ofSeconds(20));

        alice.tell(BOB, "welcome back");
        bob.tellAll("thanks");
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(alice.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(carol.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
    }

    @Test
    void shouldRedialPeerThatRefusesUsEverMoreRarely() {
        c.crash();
        mesh.refuse(A.address());
        var pinsWrongly = new RelayEngine.Introducer(A.address(), MALLORY.key());
        c.start(List.of(pinsWrongly));
        mesh.run(Duration.ofSeconds(30));
        int before = a.dials();

        mesh.run(Duration.ofMinutes(1));

        assertThat(a.linksTo(C)).isZero();
        assertThat(a.dials() - before).isBetween(5, 20);
    }

    @Test
    void shouldNotRemoveUserWhoseMappingPointsElsewhereByNow() {
        alice.disconnect();
        mesh.run(Duration.ofMillis(20));
        alice.connect(b);
        settle();

        var late = mesh.dial(c);
        late.send(Envelopes.serverAnnounce(A).build());
        late.send(Envelopes.remove(A, ALICE).ts(mesh.now().epochMs()).build());
        settle();

        assertThat(listedBy(carol)).contains(ALICE.id().value());
    }

    private List<SimulatedLink> linksBetween(String host, String otherHost) {
        return mesh.openLinks().stream()
                .filter(l -> l.toString().contains(host) && l.toString().contains(otherHost))
                .toList();
    }

    private List<String> listedBy(SimulatedUser user) {
        user.askList();
        settle();
        return user.listed();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(500));
    }
}
