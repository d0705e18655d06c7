package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.FarServers.Word;
import io.socp.relay.mesh.LinkChoice;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.VirtualClock;
import org.junit.jupiter.api.Test;

/** What relay A, linked with B and Mallory, tells others of its ways. */
class FarPathsTest {

    private final VirtualClock clock = new VirtualClock();
    private final PeerTable peers = new PeerTable(A.id());
    private final FarServers far = new FarServers(peers);
    private final FarPaths paths = new FarPaths(far);

    FarPathsTest() {
        link(B, new LinkId(1));
        link(MALLORY, new LinkId(2));
    }

    @Test
    void shouldTellOfWayOnceItHasLasted() {
        name(B, C.id(), 1);
        paths.look(clock.now());

        clock.advanceMs(FarPaths.HOLD.toMillis() - 1);
        assertThat(paths.look(clock.now()).settled()).isEmpty();
        clock.advanceMs(1);

        assertThat(paths.look(clock.now()).settled()).containsExactly(C.id());
        assertThat(paths.look(clock.now()).settled()).isEmpty();
        assertThat(paths.settled()).hasSize(1);
    }

    @Test
    void shouldTellSlowlyOfWaysThroughPeerThatLosesAndFindsThemAllAgain() {
        nameMany(FarPaths.NEWS_OF_ONE_MAX);
        hold();
        assertThat(paths.settled()).hasSize(FarPaths.NEWS_OF_ONE_MAX);

        far.forget(B.id());
        assertThat(paths.look(clock.now()).gone()).hasSize(FarPaths.NEWS_OF_ONE_MAX);
        nameMany(FarPaths.NEWS_OF_ONE_MAX);
        name(MALLORY, C.id(), 1);
        hold();

        long regained = FarPaths.HOLD.dividedBy(FarPaths.NEWS_INTERVAL);
        assertThat(paths.settled()).hasSize((int) regained + 1);
        assertThat(far.route(id(0), null)).isPresent();
        clock.advanceMs(FarPaths.NEWS_INTERVAL.multipliedBy(FarPaths.NEWS_OF_ONE_MAX).toMillis());
        paths.look(clock.now());
        assertThat(paths.settled()).hasSize(FarPaths.NEWS_OF_ONE_MAX + 1);
    }

    @Test
    void shouldSayWhatItSaidBeforeWhileDistancesChangeTooFast() {
        nameMany(FarPaths.NEWS_OF_ONE_MAX);
        hold();

        far.name(B.id(), new Word(id(0), C.address(), C.key(), 2, MALLORY.id()), clock.now().ns());
        paths.look(clock.now());
        assertThat(paths.settled()).hasSize(FarPaths.NEWS_OF_ONE_MAX).allMatch(p -> p.hops() == 2);

        clock.advanceMs(FarPaths.NEWS_INTERVAL.toMillis());
        paths.look(clock.now());
        assertThat(paths.settled()).filteredOn(p -> p.hops() == 3).hasSize(1);
    }

    @Test
    void shouldTellThePinnedKeyRatherThanTheOneThatWasSaid() {
        far.name(B.id(), new Word(C.id(), C.address(), MALLORY.key(), 1, null), clock.now().ns());
        link(C, new LinkId(3));
        peers.leave(new LinkId(3));
        peers.stopAwaiting(C.id());

        hold();

        assertThat(paths.settled()).extracting(p -> p.server().key()).containsExactly(C.key());
    }

    private void hold() {
        paths.look(clock.now());
        clock.advanceMs(FarPaths.HOLD.toMillis());
        paths.look(clock.now());
    }

    private void nameMany(int count) {
        for (int i = 0; i < count; i++) {
            name(B, id(i), 1);
        }
    }

    private void name(Server teller, ServerId server, int hops) {
        var word = new Word(server, C.address(), C.key(), hops, null);
        far.name(teller.id(), word, clock.now().ns());
    }

    private static ServerId id(int number) {
        return new ServerId("%08x-0000-4000-8000-00000000000f".formatted(number));
    }

    private void link(Server server, LinkId link) {
        peers.join(
                server.id(),
                server.key(),
                server.address(),
                new PeerLink(link, PeerLink.Direction.INBOUND, true),
                LinkChoice.AGREED);
    }
}
