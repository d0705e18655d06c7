package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Crowd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a relay signs when users come: what somebody reads, and once. */
class CheapJoinTest {

    private static final int MANY = 50;

    private final SimulatedMesh mesh = new SimulatedMesh(83);

    @Test
    void shouldSignOneWelcomeForAllWhenNobodyListens() {
        SimulatedRelay a = mesh.relay(A).start(List.of());

        List<SimulatedUser> users = arrive(a);
        users.forEach(SimulatedUser::disconnect);
        settle();

        assertThat(users).allSatisfy(user -> assertThat(user.received("USER_WELCOME")).hasSize(1));
        assertThat(a.signatures()).isEqualTo(1);
    }

    @Test
    void shouldSignNothingForPlainHelloOfWhoIsGoneAtOnce() {
        SimulatedRelay a = mesh.relay(A).start(List.of());

        for (Person person : Crowd.of(MANY)) {
            SimulatedUser user = mesh.user(person).connectPlainly(a);
            mesh.run(Duration.ofMillis(5));
            user.disconnect();
            mesh.run(Duration.ofMillis(5));
        }
        settle();

        // The channel's frames, where a tick found one of them there.
        int channel = 2 * 4;
        assertThat(a.signatures()).isLessThanOrEqualTo(channel);
    }

    @Test
    void shouldSignEachAdvertisementOnceHoweverManyListen() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        mesh.user(ALICE).connectPlainly(a);
        settle();
        int before = a.signatures();

        for (Person person : Crowd.of(MANY)) {
            mesh.user(person).connectPlainly(a);
        }
        settle();

        // Of all, Alice among them, and two or three times the channel's two.
        assertThat(a.signatures() - before).isBetween(MANY + 1, MANY + 1 + 6);
    }

    @Test
    void shouldSignFewFramesForManyWhoComeToMesh() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.UNPINNED);
        mesh.run(Duration.ofSeconds(10));
        SimulatedRelay a = relays.get(0);
        int before = a.signatures();

        arrive(a);

        assertThat(relays.get(1).engine().users().size()).isEqualTo(MANY);
        // A welcome, the first one's advertisement, batches and the channel's frames.
        assertThat(a.signatures() - before).isLessThanOrEqualTo(8);
    }

    private List<SimulatedUser> arrive(SimulatedRelay relay) {
        List<SimulatedUser> users =
                Crowd.of(MANY).stream().map(person -> mesh.user(person).connect(relay)).toList();
        settle();
        return users;
    }

    private void settle() {
        mesh.run(Duration.ofSeconds(2));
    }
}
