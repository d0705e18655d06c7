package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.SERVERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.identity.HostPort;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeshFormationTest {

    @ParameterizedTest
    @CsvSource({"1, UNPINNED", "2, UNPINNED", "3, UNPINNED", "1, PINNED", "2, PINNED", "3, PINNED"})
    void shouldLinkEachPairOnceWhenAllNameEachOther(long seed, Pinning pinning) {
        var mesh = new SimulatedMesh(seed);

        List<SimulatedRelay> relays = mesh.startEach(SERVERS, pinning);
        mesh.run(Duration.ofSeconds(30));

        assertThat(mesh.openLinks()).hasSize(3);
        for (SimulatedRelay relay : relays) {
            for (Server other : SERVERS) {
                assertThat(relay.linksTo(other)).isEqualTo(other.equals(relay.server()) ? 0 : 1);
            }
            assertThat(relay.count(Outcome.Verdict.REFUSED)).isZero();
            assertThat(relay.count(Outcome.Verdict.UNVERIFIED)).isZero();
        }
    }

    @Test
    void shouldKeepLinksAndDialNoMoreOnceFormed() {
        var mesh = new SimulatedMesh(4);
        List<SimulatedRelay> relays = mesh.startEach(SERVERS, Pinning.UNPINNED);
        mesh.run(Duration.ofSeconds(30));
        int dials = relays.stream().mapToInt(SimulatedRelay::dials).sum();

        mesh.run(Duration.ofMinutes(5));

        assertThat(mesh.openLinks()).hasSize(3);
        assertThat(relays.stream().mapToInt(SimulatedRelay::dials).sum()).isEqualTo(dials);
    }

    @Test
    void shouldLinkEveryoneThroughOneIntroducer() {
        var mesh = new SimulatedMesh(5);
        SimulatedRelay a = mesh.relay(A).start(List.of());
        var throughA = List.of(SimulatedMesh.introducer(A, Pinning.PINNED));
        SimulatedRelay b = mesh.relay(B).start(throughA);
        SimulatedRelay c = mesh.relay(C).start(throughA);

        mesh.run(Duration.ofSeconds(30));

        assertThat(a.linksTo(B) + a.linksTo(C)).isEqualTo(2);
        assertThat(b.linksTo(C)).isEqualTo(1);
        assertThat(c.linksTo(B)).isEqualTo(1);
    }

    @Test
    void shouldStartAloneAndRetryWhileIntroducerIsUnreachable() {
        var mesh = new SimulatedMesh(6);
        SimulatedRelay a = mesh.relay(A);
        SimulatedRelay b =
                mesh.relay(B).start(List.of(SimulatedMesh.introducer(A, Pinning.UNPINNED)));
        mesh.run(Duration.ofMinutes(1));
        assertThat(b.notices())
                .contains(
                        "WARN server at 10.0.0.1:8765 not reached: connection refused; trying on");
        assertThat(b.dials()).isBetween(7, 20);

        a.start(List.of());
        mesh.run(Duration.ofSeconds(9));

        assertThat(b.linksTo(A)).isEqualTo(1);
    }

    @Test
    void shouldStopDiallingOurselves() {
        var mesh = new SimulatedMesh(7);
        var anotherName = new HostPort("relay-a.example", 8765);
        SimulatedRelay a = mesh.relay(A);
        mesh.listen(anotherName, a);

        a.start(List.of(new RelayEngine.Introducer(anotherName, null)));
        mesh.run(Duration.ofMinutes(5));

        assertThat(a.dials()).isEqualTo(1);
        assertThat(mesh.openLinks()).isEmpty();
        assertThat(a.engine().peers().linked()).isEmpty();
    }

    @Test
    void shouldNotEvenDialIntroducerWithOurOwnKey() {
        var mesh = new SimulatedMesh(8);
        SimulatedRelay a =
                mesh.relay(A).start(List.of(SimulatedMesh.introducer(A, Pinning.PINNED)));

        mesh.run(Duration.ofMinutes(1));

        assertThat(a.dials()).isZero();
    }

    @Test
    void shouldRefuseIntroducerWithAnotherKeyThanPinnedAndSaySo() {
        var mesh = new SimulatedMesh(9);
        mesh.relay(A).start(List.of());
        SimulatedRelay b =
                mesh.relay(B).start(List.of(new RelayEngine.Introducer(A.address(), C.key())));

        mesh.run(Duration.ofSeconds(3));

        assertThat(b.linksTo(A)).isZero();
        assertThat(b.engine().peers().linked()).isEmpty();
        assertThat(b.notices())
                .contains(
                        "WARN link refused: server "
                                + A.id()
                                + " shows key "
                                + A.key().fingerprint()
                                + ", but "
                                + C.key().fingerprint()
                                + " is pinned to it");
    }

    @Test
    void shouldRedialServerThatOnlyOpensAndClosesEverMoreRarely() {
        var mesh = new SimulatedMesh(14);
        var throughB = SimulatedMesh.introducer(B, Pinning.UNPINNED);
        mesh.relay(B).start(List.of());
        // C pins another key to A's address, so it refuses A, who has learned of C from B.
        mesh.refuse(A.address());
        mesh.relay(C).start(List.of(throughB, new RelayEngine.Introducer(A.address(), B.key())));
        mesh.run(Duration.ofSeconds(1));
        SimulatedRelay a = mesh.relay(A).start(List.of(throughB));
        mesh.run(Duration.ofSeconds(30));
        int before = a.dials();

        mesh.run(Duration.ofMinutes(1));

        assertThat(a.linksTo(B)).isEqualTo(1);
        assertThat(a.linksTo(C)).isZero();
        assertThat(a.dials() - before).isBetween(5, 20);
    }

    @Test
    void shouldDialSecondAddressOfLinkedServerOnlyUntilItIsKnown() {
        var mesh = new SimulatedMesh(10);
        var anotherName = new HostPort("relay-a.example", 8765);
        SimulatedRelay a = mesh.relay(A).start(List.of());
        mesh.listen(anotherName, a);
        SimulatedRelay b =
                mesh.relay(B)
                        .start(
                                List.of(
                                        new RelayEngine.Introducer(A.address(), null),
                                        new RelayEngine.Introducer(anotherName, null)));

        mesh.run(Duration.ofMinutes(1));

        assertThat(b.dials()).isEqualTo(2);
        assertThat(b.linksTo(A)).isEqualTo(1);
        assertThat(a.linksTo(B)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"11, UNPINNED", "12, PINNED"})
    void shouldReformMeshSoonAfterRestart(long seed, Pinning pinning) {
        var mesh = new SimulatedMesh(seed);
        List<SimulatedRelay> relays = mesh.startEach(SERVERS, pinning);
        var alice = mesh.user(ALICE).connect(relays.get(0));
        mesh.run(Duration.ofSeconds(30));
        relays.get(1).crash();
        mesh.run(Duration.ofMinutes(2));

        relays.get(1).restart();
        var bob = mesh.user(BOB).connect(relays.get(1));
        mesh.run(Duration.ofSeconds(20));
        alice.tell(BOB, "are you back?");
        bob.tell(ALICE, "I am");
        mesh.run(Duration.ofSeconds(1));

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(alice.received("USER_DELIVER")).hasSize(1);
        assertThat(relays.stream().collect(Collectors.summingInt(r -> r.linksTo(B)))).isEqualTo(2);
    }

    @Test
    void shouldRelinkSoonAfterCut() {
        var mesh = new SimulatedMesh(13);
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.UNPINNED);
        mesh.run(Duration.ofSeconds(30));

        mesh.openLinks().forEach(link -> link.cut());
        mesh.run(Duration.ofSeconds(20));

        assertThat(relays.get(0).linksTo(B)).isEqualTo(1);
        assertThat(relays.get(1).linksTo(A)).isEqualTo(1);
    }
}
