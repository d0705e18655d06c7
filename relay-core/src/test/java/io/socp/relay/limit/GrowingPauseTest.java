package io.socp.relay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrowingPauseTest {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofSeconds(1);

    /** The monotonic clock may start anywhere, and may run over. */
    @ParameterizedTest
    @ValueSource(longs = {0, Long.MIN_VALUE, -1, Long.MAX_VALUE - 3})
    void shouldBeOverAtTheStartAndThenLastAsLongAsSaid(long startNs) {
        var pause = new GrowingPause(FIRST, MAX, startNs);
        assertThat(pause.isOver(startNs)).isTrue();

        pause.begin(startNs, true);

        assertThat(pause.isOver(startNs)).isFalse();
        assertThat(pause.isOver(startNs + FIRST.toNanos() - 1)).isFalse();
        assertThat(pause.isOver(startNs + FIRST.toNanos())).isTrue();
    }

    @Test
    void shouldGrowToItsLongestWhileThereIsWork() {
        assertThat(turnsMs(5_000, ms -> true))
                .containsExactly(0L, 100L, 300L, 700L, 1_500L, 2_500L, 3_500L, 4_500L);
    }

    @Test
    void shouldBeShortAgainWhenItEndedWithNothingToDo() {
        // The pause from 700 ms to 1,500 ms passes without work.
        assertThat(turnsMs(2_500, ms -> ms <= 700 || ms >= 2_000))
                .containsExactly(0L, 100L, 300L, 700L, 2_000L, 2_100L, 2_300L);
    }

    @Test
    void shouldNotPauseForWhatIsRarerThanThePause() {
        assertThat(turnsMs(4_000, ms -> ms % 1_000 == 0))
                .containsExactly(0L, 1_000L, 2_000L, 3_000L);
    }

    /** When something is done, of a task that is tried every 100 ms. */
    private static List<Long> turnsMs(long untilMs, LongPredicate hasWork) {
        var pause = new GrowingPause(FIRST, MAX, 0);
        List<Long> turns = new ArrayList<>();
        for (long ms = 0; ms < untilMs; ms += 100) {
            long nowNs = TimeUnit.MILLISECONDS.toNanos(ms);
            if (pause.isOver(nowNs)) {
                pause.begin(nowNs, hasWork.test(ms));
                if (hasWork.test(ms)) {
                    turns.add(ms);
                }
            }
        }
        return turns;
    }
}
