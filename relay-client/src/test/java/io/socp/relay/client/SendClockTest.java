package io.socp.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.time.Moment;
import org.junit.jupiter.api.Test;

class SendClockTest {

    private long nowMs = 1_000;
    private final SendClock clock = new SendClock(() -> new Moment(0, nowMs));

    @Test
    void shouldFollowTheClock() {
        assertThat(clock.nextMs()).isEqualTo(1_000);

        nowMs = 2_000;

        assertThat(clock.nextMs()).isEqualTo(2_000);
    }

    @Test
    void shouldGoOnWhenTheClockStandsStillOrGoesBack() {
        clock.nextMs();

        assertThat(clock.nextMs()).isEqualTo(1_001);
        nowMs = 500;
        assertThat(clock.nextMs()).isEqualTo(1_002);
    }
}
