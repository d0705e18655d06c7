package io.socp.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.identity.LinkId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {

    private static final LinkId ONE = new LinkId(1);
    private static final LinkId TWO = new LinkId(2);
    private static final long INTERVAL_NS = Duration.ofSeconds(15).toNanos();
    private static final long DEAD_AFTER_NS = Duration.ofSeconds(45).toNanos();

    /** Close to the end of the counter, where only differences may be compared. */
    private static final long START_NS = Long.MAX_VALUE - INTERVAL_NS / 2;

    private final Heartbeats heartbeats =
            new Heartbeats(Duration.ofSeconds(15), Duration.ofSeconds(45), START_NS);

    @Test
    void shouldBeatOnceAnInterval() {
        assertThat(heartbeats.takeDue(START_NS)).isFalse();
        assertThat(heartbeats.takeDue(START_NS + INTERVAL_NS - 1)).isFalse();
        assertThat(heartbeats.takeDue(START_NS + INTERVAL_NS)).isTrue();
        assertThat(heartbeats.takeDue(START_NS + INTERVAL_NS)).isFalse();
        assertThat(heartbeats.takeDue(START_NS + 2 * INTERVAL_NS)).isTrue();
    }

    @Test
    void shouldNotMakeUpForBeatsThatWereMissed() {
        assertThat(heartbeats.takeDue(START_NS + 10 * INTERVAL_NS)).isTrue();
        assertThat(heartbeats.takeDue(START_NS + 10 * INTERVAL_NS)).isFalse();
    }

    @Test
    void shouldFindLinkSilentAtFortyFiveSecondsAndNotBefore() {
        heartbeats.heard(ONE, START_NS);
        heartbeats.heard(TWO, START_NS + 1);

        assertThat(heartbeats.silent(START_NS + DEAD_AFTER_NS - 1)).isEmpty();
        assertThat(heartbeats.silent(START_NS + DEAD_AFTER_NS)).containsExactly(ONE);
        assertThat(heartbeats.silent(START_NS + DEAD_AFTER_NS + 1))
                .containsExactlyInAnyOrder(ONE, TWO);
    }

    @Test
    void shouldCountSilenceFromLastSignOfLife() {
        heartbeats.heard(ONE, START_NS);
        heartbeats.heard(ONE, START_NS + 10);

        assertThat(heartbeats.silent(START_NS + DEAD_AFTER_NS + 9)).isEmpty();
        assertThat(heartbeats.silent(START_NS + DEAD_AFTER_NS + 10)).containsExactly(ONE);
    }

    @Test
    void shouldNotMissForgottenLink() {
        heartbeats.heard(ONE, START_NS);

        heartbeats.forget(ONE);

        assertThat(heartbeats.silent(START_NS + 2 * DEAD_AFTER_NS)).isEmpty();
    }
}
