package io.socp.relay.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.log.BurstLimit.Kind;
import io.socp.relay.daemon.log.BurstLimit.LeftOut;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BurstLimitTest {

    private static final Kind LOUD = new Kind("a", "WARN", "link refused: {}");
    private static final Kind QUIET = new Kind("a", "WARN", "peer {} lost");
    private static final long START_MS = 1_000_000;
    private static final long REPORT_MS = BurstLimit.REPORT_INTERVAL.toMillis();

    private final BurstLimit limit = new BurstLimit();

    @Test
    void shouldWriteABurstAndThenALineEachInterval() {
        assertThat(admitted(BurstLimit.BURST + 1, START_MS)).isEqualTo(BurstLimit.BURST);

        assertThat(limit.admits(LOUD, START_MS + 99)).isFalse();
        assertThat(limit.admits(LOUD, START_MS + 100)).isTrue();
        assertThat(limit.admits(LOUD, START_MS + 100)).isFalse();
    }

    @Test
    void shouldNotLeaveOutOtherKinds() {
        admitted(BurstLimit.BURST + 1, START_MS);

        assertThat(limit.admits(QUIET, START_MS)).isTrue();
    }

    @Test
    void shouldSayOnceHowManyWereLeftOut() {
        admitted(BurstLimit.BURST + 7, START_MS);

        assertThat(limit.due(START_MS + REPORT_MS - 1)).isEmpty();
        assertThat(limit.due(START_MS + REPORT_MS)).containsExactly(new LeftOut(LOUD, 7));
        assertThat(limit.due(START_MS + 2 * REPORT_MS)).isEmpty();
    }

    @Test
    void shouldGoOnWhereTheClockIsSetBack() {
        admitted(BurstLimit.BURST, START_MS);

        assertThat(limit.admits(LOUD, 0)).isFalse();
        assertThat(limit.admits(LOUD, 100)).isTrue();
        assertThat(limit.due(REPORT_MS)).hasSize(1);
    }

    @Test
    void shouldCountKindsBeyondTheBoundTogether() {
        IntStream.range(0, BurstLimit.KINDS_MAX)
                .forEach(i -> limit.admits(new Kind("a", "WARN", "kind " + i), START_MS));

        long admitted =
                IntStream.range(0, BurstLimit.BURST + 1)
                        .filter(i -> limit.admits(new Kind("b", "WARN", "kind " + i), START_MS))
                        .count();

        assertThat(admitted).isEqualTo(BurstLimit.BURST);
        assertThat(limit.admits(new Kind("a", "WARN", "kind 0"), START_MS)).isTrue();
    }

    private long admitted(int lines, long nowMs) {
        return IntStream.range(0, lines).filter(_ -> limit.admits(LOUD, nowMs)).count();
    }
}
