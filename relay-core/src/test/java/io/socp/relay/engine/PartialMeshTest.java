package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Relays of which some can never dial each other: they reach each other through the rest. */
class PartialMeshTest {

    private static final Person MALLORYS_USER =
            new Person(new UserId("00000004-0000-4000-8000-000000000000"), TestKeys.MALLORY);

    private static final List<Server> FIVE =
            List.of(A, B, C, MALLORY, server("0000000e", TestKeys.BOB, 5));

    private final SimulatedMesh mesh = new SimulatedMesh(301);

    @Test
    void shouldCarryDirectMessagesBothWaysThroughTheMiddleOfLine() {
        Line line = line();

        line.alice.tell(CAROL, "to the far end");
        line.carol.tell(ALICE, "and back");
        mesh.run(Duration.ofSeconds(1));

        assertThat(sendersOf(line.carol)).containsExactly(ALICE.id().value());
        assertThat(sendersOf(line.alice)).containsExactly(CAROL.id().value());
        assertThat(line.a.linksTo(C)).isZero();
    }

    @Test
    void shouldDeliverPublicMessageToEachUserOfLineOnce() {
        Line line = line();

        line.alice.tellAll("to all");
        mesh.run(Duration.ofSeconds(2));

        assertThat(line.bob.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(line.carol.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
    }

    @Test
    void shouldCarryFilesThroughTheMiddleOfLine() {
        Line line = line();

        line.alice.send(Envelopes.fileStart(ALICE, CAROL.id()).unsigned());
        line.alice.send(Envelopes.fileChunk(ALICE, CAROL.id()));
        mesh.run(Duration.ofSeconds(1));

        assertThat(line.carol.received("FILE_START")).hasSize(1);
        assertThat(line.carol.received("FILE_CHUNK")).hasSize(1);
    }

    @Test
    void shouldTellOfUsersWhoWereThereBeforeTheLine() {
        SimulatedRelay b = mesh.relay(B);
        SimulatedRelay c = mesh.relay(C);
        SimulatedRelay a = mesh.relay(A).start(List.of());
        b.start(List.of(SimulatedMesh.introducer(C, Pinning.PINNED)));
        c.start(List.of());
        mesh.user(CAROL).connect(c);
        mesh.run(Duration.ofMinutes(10));
        cut(A, C);

        b.crash();
        b.start(
                List.of(
                        SimulatedMesh.introducer(A, Pinning.PINNED),
                        SimulatedMesh.introducer(C, Pinning.PINNED)));
        mesh.run(Duration.ofSeconds(15));

        assertThat(homeOf(CAROL, a)).isEqualTo(C.id().value());
    }

    @Test
    void shouldForgetUserOfFarServerWhenHeLeaves() {
        Line line = line();

        line.carol.disconnect();
        mesh.run(Duration.ofSeconds(1));

        assertThat(homeOf(CAROL, line.a)).isEmpty();
    }

    @Test
    void shouldDropFarUsersOnlyAfterGraceWhenTheWayIsLost() {
        Line line = line();

        line.b.crash();
        mesh.run(Duration.ofSeconds(20));
        String within = homeOf(CAROL, line.a);
        mesh.run(Duration.ofSeconds(45));

        assertThat(within).isEqualTo(C.id().value());
        assertThat(homeOf(CAROL, line.a)).isEmpty();
        assertThat(line.a.engine().far().size()).isZero();
    }

    @Test
    void shouldDropFarUsersAfterGraceWhenTheServerBehindIsGone() {
        Line line = line();

        line.c.crash();
        mesh.run(Duration.ofSeconds(20));
        String within = homeOf(CAROL, line.a);
        mesh.run(Duration.ofSeconds(20));

        assertThat(within).isEqualTo(C.id().value());
        assertThat(homeOf(CAROL, line.a)).isEmpty();
        assertThat(line.a.engine().far().size()).isZero();
    }

    @Test
    void shouldHearWhoLeftWhileTheServerBehindWasCutOff() {
        Line line = line();
        SimulatedUser bob = mesh.user(MALLORYS_USER).connect(line.c);
        mesh.run(Duration.ofSeconds(2));
        mesh.separate(B, C);
        mesh.run(Duration.ofSeconds(1));
        bob.disconnect();
        mesh.run(Duration.ofSeconds(5));

        mesh.unite(B, C);
        mesh.run(Duration.ofSeconds(60));

        assertThat(homeOf(CAROL, line.a)).isEqualTo(C.id().value());
        assertThat(homeOf(MALLORYS_USER, line.b)).isEmpty();
        assertThat(homeOf(MALLORYS_USER, line.a)).isEmpty();
    }

    @Test
    void shouldWaitForServerBehindThatIsCutOffForMoment() {
        Line line = line();
        mesh.separate(B, C);
        mesh.run(Duration.ofSeconds(2));

        line.alice.tell(CAROL, "while the cable is out");
        mesh.run(Duration.ofSeconds(2));
        mesh.unite(B, C);
        mesh.run(Duration.ofSeconds(20));

        assertThat(line.alice.link().errors()).isEmpty();
        assertThat(sendersOf(line.carol)).containsExactly(ALICE.id().value());
    }

    @Test
    void shouldTellAuthorThroughTheLineThatRecipientIsGone() {
        Line line = line();
        // Nobody on the way has heard of it yet.
        line.carol.disconnect();
        line.alice.tell(CAROL, "too late");
        mesh.run(Duration.ofSeconds(2));

        assertThat(line.alice.link().errors()).containsExactly("USER_NOT_FOUND");
        assertThat(homeOf(CAROL, line.a)).isEmpty();
    }

    @Test
    void shouldSpeakDirectlyOnceBothCanDialEachOther() {
        Line line = line();

        mesh.unite(A, C);
        mesh.run(Duration.ofSeconds(60));
        line.b.crash();
        mesh.run(Duration.ofSeconds(90));
        line.alice.tell(CAROL, "no one between us");
        mesh.run(Duration.ofSeconds(1));

        assertThat(line.a.linksTo(C)).isEqualTo(1);
        assertThat(sendersOf(line.carol)).containsExactly(ALICE.id().value());
    }

    @Test
    void shouldTakeTheOtherWayAroundWhenRingIsCut() {
        List<SimulatedRelay> ring = new ArrayList<>();
        for (int i = 0; i < FIVE.size(); i++) {
            for (int j = i + 2; j < FIVE.size() && j - i < FIVE.size() - 1; j++) {
                mesh.separate(FIVE.get(i), FIVE.get(j));
            }
        }
        for (int i = 0; i < FIVE.size(); i++) {
            Server next = FIVE.get((i + 1) % FIVE.size());
            ring.add(
                    mesh.relay(FIVE.get(i))
                            .start(List.of(SimulatedMesh.introducer(next, Pinning.PINNED))));
        }
        mesh.run(Duration.ofSeconds(20));
        SimulatedUser alice = mesh.user(ALICE).connect(ring.getFirst());
        SimulatedUser carol = mesh.user(CAROL).connect(ring.getLast());
        mesh.run(Duration.ofSeconds(2));
        mesh.separate(FIVE.getFirst(), FIVE.getLast());
        mesh.run(Duration.ofSeconds(60));

        alice.tell(CAROL, "four links");
        carol.tell(ALICE, "and back");
        alice.tellAll("once");
        mesh.run(Duration.ofSeconds(2));

        assertThat(sendersOf(carol)).containsExactly(ALICE.id().value());
        assertThat(sendersOf(alice)).containsExactly(CAROL.id().value());
        assertThat(carol.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
    }

    @Test
    void shouldTakeTheOtherSideOfDiamondWhenOneIsLost() {
        mesh.separate(A, C);
        SimulatedRelay a = mesh.relay(A).start(List.of());
        SimulatedRelay c = mesh.relay(C).start(List.of());
        var both =
                List.of(
                        SimulatedMesh.introducer(A, Pinning.PINNED),
                        SimulatedMesh.introducer(C, Pinning.PINNED));
        SimulatedRelay b = mesh.relay(B).start(both);
        SimulatedRelay d = mesh.relay(MALLORY).start(both);
        mesh.run(Duration.ofSeconds(10));
        SimulatedUser alice = mesh.user(ALICE).connect(a);
        SimulatedUser carol = mesh.user(CAROL).connect(c);
        mesh.run(Duration.ofSeconds(5));

        boolean isThroughB = B.id().equals(a.engine().far().nextHop(C.id(), null));
        (isThroughB ? b : d).crash();
        mesh.run(Duration.ofSeconds(5));
        alice.tell(CAROL, "around");
        alice.tellAll("once");
        mesh.run(Duration.ofSeconds(60));
        alice.tell(CAROL, "and later");
        mesh.run(Duration.ofSeconds(2));

        assertThat(sendersOf(carol)).hasSize(2);
        assertThat(carol.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(homeOf(CAROL, a)).isEqualTo(C.id().value());
    }

    private record Line(
            SimulatedRelay a,
            SimulatedRelay b,
            SimulatedRelay c,
            SimulatedUser alice,
            SimulatedUser bob,
            SimulatedUser carol) {}

    /** Alice on A, Bob on B, Carol on C; A and C never reach each other. */
    private Line line() {
        cut(A, C);
        SimulatedRelay a = mesh.relay(A).start(List.of());
        SimulatedRelay c = mesh.relay(C).start(List.of());
        SimulatedRelay b =
                mesh.relay(B)
                        .start(
                                List.of(
                                        SimulatedMesh.introducer(A, Pinning.PINNED),
                                        SimulatedMesh.introducer(C, Pinning.PINNED)));
        mesh.run(Duration.ofSeconds(10));
        Line line =
                new Line(
                        a,
                        b,
                        c,
                        mesh.user(ALICE).connect(a),
                        mesh.user(BOB).connect(b),
                        mesh.user(CAROL).connect(c));
        mesh.run(Duration.ofSeconds(2));
        return line;
    }

    private void cut(Server one, Server other) {
        mesh.separate(one, other);
    }

    private static String homeOf(Person user, SimulatedRelay relay) {
        return relay.engine().users().locate(user.id()) instanceof UserLocation.Remote(var home)
                ? home.value()
                : "";
    }

    private static Server server(String prefix, TestKeys keys, int lastByte) {
        return new Server(
                new ServerId(prefix + "-0000-4000-8000-000000000000"),
                keys,
                new HostPort("10.0.0." + lastByte, 8765));
    }

    private static List<String> sendersOf(SimulatedUser user) {
        return user.received("USER_DELIVER").stream()
                .map((Envelope e) -> ScriptedEnd.text(e, "sender"))
                .toList();
    }
}
