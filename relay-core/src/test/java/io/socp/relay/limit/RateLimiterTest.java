package io.socp.relay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long SECOND_NS = SECOND.toNanos();

    /** The monotonic clock may start anywhere, and may run over. */
    @ParameterizedTest
    @ValueSource(longs = {0, Long.MIN_VALUE, -1, Long.MAX_VALUE - 3})
    void shouldGrantBurstAndNotOneMore(long nowNs) {
        var limiter = new RateLimiter(3, SECOND, nowNs);

        assertThat(taken(limiter, 10, nowNs)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MIN_VALUE, -1, Long.MAX_VALUE - 3})
    void shouldGrantOneMoreAfterEachInterval(long nowNs) {
        var limiter = new RateLimiter(2, SECOND, nowNs);
        taken(limiter, 2, nowNs);

        assertThat(limiter.tryTake(nowNs + SECOND_NS - 1)).isFalse();
        assertThat(limiter.tryTake(nowNs + SECOND_NS)).isTrue();
        assertThat(limiter.tryTake(nowNs + SECOND_NS)).isFalse();
        assertThat(limiter.tryTake(nowNs + 2 * SECOND_NS)).isTrue();
    }

    @Test
    void shouldSaveUpNoMoreThanBurst() {
        var limiter = new RateLimiter(2, SECOND, 0);

        assertThat(taken(limiter, 10, 100 * SECOND_NS)).isEqualTo(2);
    }

    @Test
    void shouldNotChargeForRefusals() {
        var limiter = new RateLimiter(1, SECOND, 0);

        assertThat(taken(limiter, 1_000, 0)).isEqualTo(1);
        assertThat(limiter.tryTake(SECOND_NS)).isTrue();
    }

    @Test
    void shouldTakeSeveralAtOnceOrNone() {
        var limiter = new RateLimiter(5, SECOND, 0);

        assertThat(limiter.tryTake(6, 0)).isFalse();
        assertThat(limiter.tryTake(5, 0)).isTrue();
        assertThat(limiter.tryTake(2, SECOND_NS)).isFalse();
        assertThat(limiter.tryTake(2, 2 * SECOND_NS)).isTrue();
    }

    private static long taken(RateLimiter limiter, int attempts, long nowNs) {
        return IntStream.range(0, attempts).filter(_ -> limiter.tryTake(nowNs)).count();
    }
}
