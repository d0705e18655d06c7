package io.socp.relay.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

    private static final long SECOND_NS = 1_000_000_000;

    /** The monotonic clock may start anywhere, and may run over. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 3})
    void shouldGiveTheBurstAndNotOneMoreUntilAnIntervalIsOver(long nowNs) {
        Rate rate = new Rate(3, SECOND_NS);

        long usedNs = rate.take(nowNs, 3, nowNs);

        assertThat(usedNs).isNotEqualTo(Rate.NOT_ENOUGH);
        assertThat(rate.take(usedNs, 1, nowNs)).isEqualTo(Rate.NOT_ENOUGH);
        assertThat(rate.take(usedNs, 1, nowNs + SECOND_NS - 1)).isEqualTo(Rate.NOT_ENOUGH);
        assertThat(rate.take(usedNs, 1, nowNs + SECOND_NS)).isNotEqualTo(Rate.NOT_ENOUGH);
    }

    @Test
    void shouldSayHowLongCreditMustBePaidFor() {
        Rate rate = new Rate(3, SECOND_NS);

        long atTheBound = rate.takeAll(0, 3, 0);
        long onePast = rate.takeAll(atTheBound, 1, 0);

        assertThat(rate.owedNs(atTheBound, 0)).isZero();
        assertThat(rate.owedNs(onePast, 0)).isEqualTo(SECOND_NS);
        assertThat(rate.owedNs(onePast, SECOND_NS)).isZero();
    }

    @Test
    void shouldGoOnUnderAnotherRateWithWhatWasUsed() {
        Rate before = new Rate(2, SECOND_NS);
        Rate after = new Rate(4, SECOND_NS);
        long usedNs = before.take(0, 2, 0);

        long usedNowNs = after.take(usedNs, 2, 0);

        assertThat(usedNowNs).isNotEqualTo(Rate.NOT_ENOUGH);
        assertThat(after.take(usedNowNs, 1, 0)).isEqualTo(Rate.NOT_ENOUGH);
    }

    @Test
    void shouldCountBySecondsAndMinutes() {
        assertThat(Rate.perSecond(1_000, 5)).isEqualTo(new Rate(5_000, 1_000_000));
        assertThat(Rate.perMinute(60)).isEqualTo(new Rate(60, SECOND_NS));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0"})
    void shouldRefuseWhatIsNoRate(int burst, long intervalNs) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Rate(burst, intervalNs));
    }
}
