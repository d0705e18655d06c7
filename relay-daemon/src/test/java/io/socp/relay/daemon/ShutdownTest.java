package io.socp.relay.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.engine.RelayEvent;
import io.socp.relay.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps of a relay's end, on a stage whose time is the test's. */
class ShutdownTest {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final VirtualClock clock = new VirtualClock();
    private final Stage stage = new Stage();

    @Test
    void shouldTellPeersThenUsersThenPartWithUsersThenPeers() {
        stage.peers = 2;
        stage.users = 3;

        Shutdown.Left left = run();

        assertThat(stage.told)
                .containsExactly(
                        new RelayEvent.Leave(),
                        new RelayEvent.Dismiss(Shutdown.WINDOW_MIN),
                        new RelayEvent.PartWithUsers(),
                        new RelayEvent.StopExpecting(),
                        new RelayEvent.PartWithPeers());
        assertThat(left.isNothing()).isTrue();
    }

    @Test
    void shouldEndAtOnceWhereNobodyIsThere() {
        long beginMs = clock.now().epochMs();

        run();

        assertThat(clock.now().epochMs()).isEqualTo(beginMs);
    }

    @Test
    void shouldLetUsersGoOnceThePeersHaveHeard() {
        stage.peers = 2;
        stage.users = 1;
        stage.unheard = 2;
        stage.at(500, () -> stage.unheard = 0);

        run();

        assertThat(stage.toldAtMs(RelayEvent.Dismiss.class)).isBetween(500L, 700L);
    }

    @Test
    void shouldNotWaitForPeersThatDoNotAnswer() {
        stage.peers = 2;
        stage.users = 1;
        stage.unheard = 1;

        run();

        assertThat(stage.toldAtMs(RelayEvent.Dismiss.class)).isBetween(1_000L, 1_200L);
    }

    @Test
    void shouldWaitForMessagesWhoseReadersAreOnTheirWay() {
        stage.peers = 1;
        stage.users = 1;
        stage.waiting = 7;
        stage.at(3_000, () -> stage.waiting = 0);

        Shutdown.Left left = run();

        assertThat(stage.toldAtMs(RelayEvent.StopExpecting.class)).isBetween(3_000L, 3_100L);
        assertThat(left.waiting()).isZero();
    }

    @Test
    void shouldGiveUpWaitingForReadersInTimeToTellTheirAuthors() {
        stage.peers = 1;
        stage.users = 1;
        stage.waiting = 7;
        stage.onTold(RelayEvent.StopExpecting.class, () -> stage.waiting = 0);

        Shutdown.Left left = run();

        assertThat(left.waiting()).isEqualTo(7);
        assertThat(stage.toldAtMs(RelayEvent.StopExpecting.class)).isBetween(7_000L, 7_100L);
        assertThat(stage.toldAtMs(RelayEvent.PartWithPeers.class)).isBetween(7_000L, 7_100L);
    }

    @Test
    void shouldPartWithPeersOnlyWhenTheyHaveConfirmedAll() {
        stage.peers = 1;
        stage.unconfirmed = 5;
        stage.at(2_000, () -> stage.unconfirmed = 0);

        Shutdown.Left left = run();

        assertThat(stage.toldAtMs(RelayEvent.PartWithPeers.class)).isBetween(2_000L, 2_100L);
        assertThat(left.isNothing()).isTrue();
    }

    @Test
    void shouldPartWithPeersOnlyWhenAllThatWasTakenIsCarriedOut() {
        stage.peers = 1;
        stage.underWay = 3;
        stage.at(1_500, () -> stage.underWay = 0);

        run();

        assertThat(stage.toldAtMs(RelayEvent.PartWithPeers.class)).isBetween(1_500L, 1_600L);
    }

    @Test
    void shouldCountWhatNobodyHasConfirmedWithinTheGrace() {
        stage.peers = 1;
        stage.unconfirmed = 5;
        stage.staysOpen = true;
        long beginMs = clock.now().epochMs();

        Shutdown.Left left = run();

        assertThat(left).isEqualTo(new Shutdown.Left(0, 5, 1));
        assertThat(clock.now().epochMs() - beginMs)
                .as("what is left is for the threads to end")
                .isBetween(9_500L, 9_600L);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 500",
        "1250, 500",
        "1500, 600",
        "10000, 4000",
        "10001, 4000",
        "100000, 4000",
    })
    void shouldSpreadReturnsOverATimeThatFitsTheirNumber(int users, long windowMs) {
        stage.users = users;

        run();

        assertThat(stage.told).contains(new RelayEvent.Dismiss(Duration.ofMillis(windowMs)));
    }

    @Test
    void shouldSpreadReturnsOverHalfTheGraceAtMost() {
        stage.users = 10_000;

        new Shutdown(stage, clock, Duration.ofSeconds(4)).run();

        assertThat(stage.told).contains(new RelayEvent.Dismiss(Duration.ofSeconds(2)));
    }

    private Shutdown.Left run() {
        return new Shutdown(stage, clock, GRACE).run();
    }

    /** Links close when they are told to, unless the test says otherwise. */
    private final class Stage implements Shutdown.Scene {

        private final List<RelayEvent> told = new ArrayList<>();
        private final List<Long> times = new ArrayList<>();
        private final long beginMs = clock.now().epochMs();
        private int users;
        private int peers;
        private int unheard;
        private long underWay;
        private int waiting;
        private long unconfirmed;
        private boolean staysOpen;
        private long thenMs = Long.MAX_VALUE;
        private Runnable then = () -> {};
        private Class<?> cue = Void.class;
        private Runnable reaction = () -> {};

        void at(long ms, Runnable change) {
            thenMs = ms;
            then = change;
        }

        void onTold(Class<? extends RelayEvent> event, Runnable change) {
            cue = event;
            reaction = change;
        }

        long toldAtMs(Class<? extends RelayEvent> event) {
            for (int i = 0; i < told.size(); i++) {
                if (event.isInstance(told.get(i))) {
                    return times.get(i);
                }
            }
            throw new AssertionError(event + " was not told");
        }

        @Override
        public void tell(RelayEvent event) {
            told.add(event);
            times.add(clock.now().epochMs() - beginMs);
            if (cue.isInstance(event)) {
                reaction.run();
            }
            if (event instanceof RelayEvent.PartWithUsers) {
                users = 0;
            }
            if (event instanceof RelayEvent.PartWithPeers && !staysOpen) {
                peers = 0;
            }
        }

        @Override
        public int users() {
            return users;
        }

        @Override
        public int peers() {
            return peers;
        }

        @Override
        public int unheard() {
            return unheard;
        }

        @Override
        public long underWay() {
            return underWay;
        }

        @Override
        public int waiting() {
            return waiting;
        }

        @Override
        public long unconfirmed() {
            return unconfirmed;
        }

        @Override
        public void pause(Duration span) {
            clock.advanceMs(span.toMillis());
            if (clock.now().epochMs() - beginMs >= thenMs) {
                thenMs = Long.MAX_VALUE;
                then.run();
            }
        }
    }
}
