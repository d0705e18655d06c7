package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.testing.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectedTest {

    private static final LinkId LINK = new LinkId(1);
    private static final UserLocation NOWHERE = new UserLocation.Unknown();

    private final VirtualClock clock = new VirtualClock();
    private final PeerTable peers = new PeerTable(A.id());
    private final Expected expected = new Expected();

    @Test
    void shouldExpectUsersOfAServerThatGoesForAWhile() {
        expected.onGoing(B.id(), LINK, List.of(BOB.id()), clock.now());

        clock.advanceMs(Expected.PATIENCE.toMillis() - 1);
        boolean isInTime = isAwaited(BOB.id(), NOWHERE);
        clock.advanceMs(1);

        assertThat(isInTime).isTrue();
        assertThat(isAwaited(BOB.id(), NOWHERE)).isFalse();
    }

    @Test
    void shouldExpectThemWhileTheyAreStillThere() {
        expected.onGoing(B.id(), LINK, List.of(BOB.id()), clock.now());

        assertThat(isAwaited(BOB.id(), new UserLocation.Remote(B.id()))).isTrue();
        assertThat(isAwaited(BOB.id(), new UserLocation.Remote(A.id()))).isFalse();
        assertThat(isAwaited(BOB.id(), new UserLocation.Local(LINK))).isFalse();
    }

    @Test
    void shouldExpectNobodyElse() {
        expected.onGoing(B.id(), LINK, List.of(), clock.now());

        assertThat(isAwaited(BOB.id(), NOWHERE)).isFalse();
    }

    @Test
    void shouldExpectEveryoneUntilThen() {
        expected.everyone(clock.now().ns() + 1_000_000);

        boolean isInTime = isAwaited(BOB.id(), NOWHERE);
        clock.advanceMs(1);

        assertThat(isInTime).isTrue();
        assertThat(isAwaited(BOB.id(), NOWHERE)).isFalse();
    }

    @Test
    void shouldExpectNobodyWhenItIsOver() {
        expected.everyone(Long.MAX_VALUE);
        expected.onGoing(B.id(), LINK, List.of(BOB.id()), clock.now());

        expected.nobody();

        assertThat(isAwaited(BOB.id(), NOWHERE)).isFalse();
    }

    @Test
    void shouldExpectUsersUpToTheBoundAndNoneBeyond() {
        List<UserId> users = new ArrayList<>();
        for (int i = 0; i <= Expected.USERS_MAX; i++) {
            users.add(new UserId("user-" + i));
        }

        expected.onGoing(B.id(), LINK, users, clock.now());

        assertThat(isAwaited(users.get(Expected.USERS_MAX - 1), NOWHERE)).isTrue();
        assertThat(isAwaited(users.get(Expected.USERS_MAX), NOWHERE)).isFalse();
    }

    @Test
    void shouldBeIdleAgainWhenAllTimesAreOver() {
        expected.everyone(clock.now().ns() + 1);
        expected.onGoing(B.id(), LINK, List.of(BOB.id()), clock.now());
        boolean isIdleAtFirst = expected.isIdle();

        clock.advanceMs(Expected.PATIENCE.toMillis());
        expected.onTick(clock.now());

        assertThat(isIdleAtFirst).isFalse();
        assertThat(expected.isIdle()).isTrue();
    }

    private boolean isAwaited(UserId user, UserLocation location) {
        return expected.isAwaited(user, location, peers, clock.now());
    }
}
