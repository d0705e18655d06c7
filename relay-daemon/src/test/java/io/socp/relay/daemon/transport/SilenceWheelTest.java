package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SilenceWheelTest {

    private static final Duration SILENCE = Duration.ofSeconds(64);
    private static final long TICK_MS =
            SILENCE.toMillis() / (SilenceWheel.LOOKS * SilenceWheel.SLOTS);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SilenceWheel wheel = new SilenceWheel(channel.eventLoop(), SILENCE);

    @BeforeEach
    void stopTheClock() {
        channel.freezeTime();
    }

    @Test
    void shouldLookAtEachConnectionSoManyTimesInTheLongestSilence() {
        List<Connection> all = watched(SilenceWheel.SLOTS + 1);

        advance(SilenceWheel.LOOKS * SilenceWheel.SLOTS);

        assertThat(all)
                .allSatisfy(
                        connection -> assertThat(connection.looks).isEqualTo(SilenceWheel.LOOKS));
    }

    @Test
    void shouldLookAtAPartOfThemInATick() {
        List<Connection> all = watched(10 * SilenceWheel.SLOTS);

        advance(1);

        assertThat(all).filteredOn(connection -> connection.looks > 0).hasSize(10);
    }

    @Test
    void shouldLookNoMoreAtWhoeverIsGone() {
        Connection stays = watched(1).getFirst();
        Connection goes = watched(1).getFirst();
        advance(SilenceWheel.SLOTS);
        goes.gone = true;

        advance(3 * SilenceWheel.SLOTS);

        assertThat(goes.looks).isEqualTo(2);
        assertThat(stays.looks).isEqualTo(4);
    }

    @Test
    void shouldRestWhenAllAreGoneAndTurnAgainForTheNext() {
        Connection first = watched(1).getFirst();
        first.gone = true;
        advance(SilenceWheel.SLOTS);
        long nothingDue = channel.runScheduledPendingTasks();

        Connection next = watched(1).getFirst();
        advance(SilenceWheel.SLOTS);

        assertThat(nothingDue).isEqualTo(-1);
        assertThat(next.looks).isEqualTo(1);
    }

    private List<Connection> watched(int count) {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Connection connection = new Connection();
            all.add(connection);
            wheel.watch(connection);
        }
        return all;
    }

    private void advance(int ticks) {
        for (int i = 0; i < ticks; i++) {
            channel.advanceTimeBy(TICK_MS, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    private static final class Connection implements SilenceWheel.Watched {
        private int looks;
        private boolean gone;

        @Override
        public boolean look() {
            looks++;
            return !gone;
        }
    }
}
