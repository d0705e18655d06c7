package io.socp.relay.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.VirtualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    private final VirtualClock clock = new VirtualClock();
    private final Deadline deadline = Deadline.in(Duration.ofSeconds(10), clock);

    @Test
    void shouldLeaveToTheNextWhatTheOneHasNotTaken() {
        clock.advanceMs(7_000);

        assertThat(deadline.leftMs()).isEqualTo(3_000);
        assertThat(deadline.before(Duration.ofSeconds(1)).leftMs()).isEqualTo(2_000);
    }

    @Test
    void shouldBeOverAtItsTimeAndNotBefore() {
        clock.advanceMs(9_999);
        boolean isOverBefore = deadline.isOver();
        clock.advanceMs(1);

        assertThat(isOverBefore).isFalse();
        assertThat(deadline.isOver()).isTrue();
    }

    @Test
    void shouldLeaveNothingLongAfter() {
        clock.advanceMs(60_000);

        assertThat(deadline.leftMs()).isZero();
    }

    @Test
    void shouldGiveTheLeastToWhatComesLate() {
        Duration least = Duration.ofMillis(200);
        long early = deadline.atLeast(least).leftMs();
        clock.advanceMs(9_900);

        assertThat(early).isEqualTo(10_000);
        assertThat(deadline.atLeast(least).leftMs()).isEqualTo(200);
    }
}
