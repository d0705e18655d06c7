package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.LinkChoice;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerLink.Direction;
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
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(BOB.id()), clock.now());

        clock.advanceMs(Expected.PATIENCE.toMillis() - 1);
        boolean isInTime = isAwaited(BOB.id(), NOWHERE);
        clock.advanceMs(1);

        assertThat(isInTime).isTrue();
        assertThat(isAwaited(BOB.id(), NOWHERE)).isFalse();
    }

    @Test
    void shouldExpectThemWhileTheyAreStillThere() {
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(BOB.id()), clock.now());

        assertThat(isAwaited(BOB.id(), new UserLocation.Remote(B.id()))).isTrue();
        assertThat(isAwaited(BOB.id(), new UserLocation.Remote(A.id()))).isFalse();
        assertThat(isAwaited(BOB.id(), new UserLocation.Local(LINK))).isFalse();
    }

    @Test
    void shouldExpectNobodyElse() {
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(), clock.now());

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
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(BOB.id()), clock.now());

        expected.nobody();

        assertThat(isAwaited(BOB.id(), NOWHERE)).isFalse();
    }

    @Test
    void shouldExpectUsersUpToTheBoundAndNoneBeyond() {
        List<UserId> users = new ArrayList<>();
        for (int i = 0; i <= Expected.USERS_MAX; i++) {
            users.add(new UserId("user-" + i));
        }

        expected.onGoing(B.id(), LINK, List.of(LINK), users, clock.now());

        assertThat(isAwaited(users.get(Expected.USERS_MAX - 1), NOWHERE)).isTrue();
        assertThat(isAwaited(users.get(Expected.USERS_MAX), NOWHERE)).isFalse();
    }

    @Test
    void shouldBeIdleAgainWhenAllTimesAreOver() {
        expected.everyone(clock.now().ns() + 1);
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(BOB.id()), clock.now());
        boolean isIdleAtFirst = expected.isIdle();

        clock.advanceMs(Expected.PATIENCE.toMillis());
        expected.onTick(clock.now());

        assertThat(isIdleAtFirst).isFalse();
        assertThat(expected.isIdle()).isTrue();
    }

    @Test
    void shouldExpectUsersOfAServerThatSaysSoOnTwoLinks() {
        LinkId other = new LinkId(2);
        join(LINK);
        join(other);
        expected.onGoing(B.id(), other, List.of(LINK, other), List.of(), clock.now());
        expected.onGoing(B.id(), LINK, List.of(LINK, other), List.of(), clock.now());

        boolean isAwaitedOnTheOne = isAwaited(BOB.id(), new UserLocation.Remote(B.id()));
        peers.leave(peers.linkTo(B.id()));

        assertThat(isAwaitedOnTheOne).isTrue();
        assertThat(isAwaited(BOB.id(), new UserLocation.Remote(B.id()))).isTrue();
    }

    @Test
    void shouldTakeAServerForBackThatIsLinkedAnew() {
        join(LINK);
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(), clock.now());
        peers.leave(LINK);
        join(new LinkId(2));

        expected.onNamed(BOB.id(), B.id(), peers, clock.now());

        assertThat(isAwaited(BOB.id(), new UserLocation.Remote(B.id()))).isFalse();
        assertThat(expected.hasLatelyLeft(BOB.id(), B.id())).isFalse();
    }

    @Test
    void shouldCountTheFirstWordOfAServerThatSaysItAgainAndAgain() {
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(BOB.id()), clock.now());
        clock.advanceMs(Expected.PATIENCE.toMillis() - 1);

        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(BOB.id()), clock.now());
        clock.advanceMs(1);

        assertThat(isAwaited(BOB.id(), NOWHERE)).isFalse();
        assertThat(isAwaited(BOB.id(), new UserLocation.Remote(B.id()))).isFalse();
    }

    @Test
    void shouldExpectWhoeverComesToAServerThatGoes() {
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(), clock.now());

        expected.onNamed(BOB.id(), B.id(), peers, clock.now());
        expected.onNamed(CAROL.id(), C.id(), peers, clock.now());

        assertThat(isAwaited(BOB.id(), NOWHERE)).isTrue();
        assertThat(isAwaited(CAROL.id(), NOWHERE)).isFalse();
    }

    @Test
    void shouldKnowForAWhileWhoWasWhere() {
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(BOB.id()), clock.now());

        clock.advanceMs(Expected.PATIENCE.toMillis() - 1);
        expected.onTick(clock.now());
        boolean isKnown = expected.hasLatelyLeft(BOB.id(), B.id());
        clock.advanceMs(1);
        expected.onTick(clock.now());

        assertThat(isKnown).isTrue();
        assertThat(expected.hasLatelyLeft(BOB.id(), B.id())).isFalse();
    }

    @Test
    void shouldKnowOfNobodyThatHeWasElsewhere() {
        expected.onGoing(B.id(), LINK, List.of(LINK), List.of(BOB.id()), clock.now());

        assertThat(expected.hasLatelyLeft(BOB.id(), C.id())).isFalse();
        assertThat(expected.hasLatelyLeft(CAROL.id(), B.id())).isFalse();
    }

    private void join(LinkId link) {
        peers.join(
                B.id(),
                B.key(),
                B.address(),
                new PeerLink(link, Direction.INBOUND, true),
                LinkChoice.AGREED);
    }

    private boolean isAwaited(UserId user, UserLocation location) {
        return expected.isAwaited(user, location, peers, clock.now());
    }
}
