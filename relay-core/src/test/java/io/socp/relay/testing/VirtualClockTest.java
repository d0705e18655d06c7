package io.socp.relay.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.time.Moment;
import org.junit.jupiter.api.Test;

class VirtualClockTest {

    private final VirtualClock clock = new VirtualClock(1000);

    @Test
    void shouldStandStillUntilMoved() {
        assertThat(clock.now()).isEqualTo(new Moment(0, 1000)).isEqualTo(clock.now());
    }

    @Test
    void shouldMoveBothClocks() {
        clock.advanceMs(5);
        clock.advanceNs(2_500_000);

        assertThat(clock.now()).isEqualTo(new Moment(7_500_000, 1007));
    }

    @Test
    void shouldLetWallClockJumpAlone() {
        clock.advanceMs(5);
        clock.setEpochMs(10);

        assertThat(clock.now()).isEqualTo(new Moment(5_000_000, 10));
    }

    @Test
    void shouldTakeBothReadings() {
        clock.set(new Moment(7, 8));

        assertThat(clock.now()).isEqualTo(new Moment(7, 8));
    }
}
