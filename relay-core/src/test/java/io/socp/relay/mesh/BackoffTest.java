package io.socp.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    private static final double ALMOST_ONE = Math.nextDown(1.0);

    private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(8));

    @ParameterizedTest
    @CsvSource({
        "0, 500",
        "1, 1000",
        "2, 2000",
        "3, 4000",
        "4, 8000",
        "5, 8000",
        "1000000, 8000",
        "2147483647, 8000"
    })
    void shouldDoubleUpToMaximumAndDrawFromLaterHalf(int attempt, long fullMs) {
        long fullNs = Duration.ofMillis(fullMs).toNanos();

        assertThat(backoff.delayNs(attempt, 0)).isEqualTo(fullNs / 2);
        assertThat(backoff.delayNs(attempt, 0.5)).isEqualTo(fullNs * 3 / 4);
        assertThat(backoff.delayNs(attempt, ALMOST_ONE)).isBetween(fullNs * 99 / 100, fullNs);
    }

    @Test
    void shouldStayAtMaximumThatIsNoPowerOfTwo() {
        var odd = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5));

        assertThat(odd.delayNs(3, ALMOST_ONE)).isLessThanOrEqualTo(Duration.ofSeconds(5).toNanos());
        assertThat(odd.delayNs(3, 0)).isEqualTo(Duration.ofMillis(2_500).toNanos());
    }

    @Test
    void shouldRefuseTimesThatMakeNoBackoff() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(-1), Duration.ofSeconds(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }
}
