package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.PEOPLE;
import static io.socp.relay.testing.Actors.SERVERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.SimulatedLink;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cuts, crashes and users who come and go at random; then calm, in which all must be well. */
class UnrestTest {

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldBeWholeAgainAfterUnrest(long seed) {
        var mesh = new SimulatedMesh(seed);
        List<SimulatedRelay> relays =
                mesh.startEach(SERVERS, seed % 2 == 0 ? Pinning.PINNED : Pinning.UNPINNED);
        List<SimulatedUser> users = PEOPLE.stream().map(mesh::user).toList();
        users.forEach(user -> user.connect(relays.get(0)));
        disturb(mesh, relays, users, new SplittableRandom(seed));

        relays.stream().filter(relay -> !relay.isRunning()).forEach(SimulatedRelay::restart);
        users.forEach(SimulatedUser::disconnect);
        mesh.run(Duration.ofMinutes(2));
        for (int i = 0; i < users.size(); i++) {
            users.get(i).connect(relays.get(i));
        }
        mesh.run(Duration.ofSeconds(1));

        assertEveryoneHearsEveryone(mesh, users);
        for (SimulatedRelay relay : relays) {
            assertThat(relay.engine().peers().writableLinks()).hasSize(2);
            assertThat(relay.engine().users().size()).isEqualTo(3);
        }
    }

    private static void disturb(
            SimulatedMesh mesh,
            List<SimulatedRelay> relays,
            List<SimulatedUser> users,
            SplittableRandom random) {
        for (int step = 0; step < 60; step++) {
            SimulatedRelay relay = relays.get(random.nextInt(relays.size()));
            SimulatedUser user = users.get(random.nextInt(users.size()));
            switch (random.nextInt(7)) {
                case 0 -> anyLink(mesh, random).ifPresent(SimulatedLink::cut);
                case 1 -> anyLink(mesh, random).ifPresent(SimulatedLink::mute);
                case 2 -> toggle(relay);
                case 3 -> {
                    user.disconnect();
                    user.connect(relay);
                }
                case 4 -> user.tellAll("public " + step);
                default -> user.tell(users.get(random.nextInt(3)).person(), "direct " + step);
            }
            mesh.run(Duration.ofMillis(random.nextLong(10_000)));
        }
    }

    private static Optional<SimulatedLink> anyLink(SimulatedMesh mesh, SplittableRandom random) {
        List<SimulatedLink> links = mesh.openLinks();
        return links.isEmpty()
                ? Optional.empty()
                : Optional.of(links.get(random.nextInt(links.size())));
    }

    private static void toggle(SimulatedRelay relay) {
        if (relay.isRunning()) {
            relay.crash();
        } else {
            relay.restart();
        }
    }

    private static void assertEveryoneHearsEveryone(SimulatedMesh mesh, List<SimulatedUser> users) {
        for (SimulatedUser user : users) {
            user.tellAll("public by " + user.person().id());
            users.forEach(other -> user.tell(other.person(), "to " + other.person().id()));
            user.askList();
        }
        mesh.run(Duration.ofSeconds(1));
        for (SimulatedUser user : users) {
            assertThat(user.listed()).hasSize(3);
            assertThat(user.received("USER_DELIVER")).hasSize(3);
            assertThat(user.received("MSG_PUBLIC_CHANNEL"))
                    .extracting(Envelope::from)
                    .doesNotContain(user.person().id().value())
                    .hasSize(2);
            assertThat(user.link().errors()).isEmpty();
        }
    }
}
