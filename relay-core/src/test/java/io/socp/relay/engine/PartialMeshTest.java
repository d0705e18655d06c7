package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Relays of which some can never dial each other: they reach each other through the rest. */
class PartialMeshTest {

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

    private static List<String> sendersOf(SimulatedUser user) {
        return user.received("USER_DELIVER").stream()
                .map((Envelope e) -> ScriptedEnd.text(e, "sender"))
                .toList();
    }
}
