package io.socp.relay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.limit.Pressure.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PressureTest {

    private final Limits limits = new Limits(LimitOptions.standard().usingMemoryTo(80));
    private final Pressure pressure = new Pressure(limits);

    @ParameterizedTest
    @CsvSource({
        "79.9, NONE",
        "80, FILES",
        "84.9, FILES",
        "85, PUBLIC",
        "90, HELLOS",
        "94.9, HELLOS",
        "95, DIRECT",
        "100, DIRECT",
    })
    void shouldShedMoreTheFullerItIs(double percent, Level level) {
        pressure.onUse(percent);

        assertThat(pressure.level()).isEqualTo(level);
    }

    @Test
    void shouldLeaveALevelOnlyWellBelowItsMark() {
        pressure.onUse(86);

        boolean changedAtTheEnd = pressure.onUse(80);
        boolean changedBelow = pressure.onUse(79.9);

        assertThat(changedAtTheEnd).isFalse();
        assertThat(changedBelow).isTrue();
        assertThat(pressure.level()).isEqualTo(Level.FILES);
        pressure.onUse(75);
        assertThat(pressure.level()).isEqualTo(Level.FILES);
        pressure.onUse(74.9);
        assertThat(pressure.level()).isEqualTo(Level.NONE);
    }

    @Test
    void shouldShedWhatComesBeforeAndNothingBehind() {
        pressure.onUse(90);

        assertThat(pressure.sheds(Level.FILES)).isTrue();
        assertThat(pressure.sheds(Level.HELLOS)).isTrue();
        assertThat(pressure.sheds(Level.DIRECT)).isFalse();
    }

    @Test
    void shouldShedNothingWhereTheMarkIsAtTheTop() {
        limits.replace(LimitOptions.standard().usingMemoryTo(100));

        pressure.onUse(100);

        assertThat(pressure.level()).isEqualTo(Level.NONE);
        assertThat(pressure.sheds(Level.FILES)).isFalse();
    }

    @Test
    void shouldTakeUpANewMarkAtTheNextLook() {
        pressure.onUse(70);

        limits.replace(LimitOptions.standard().usingMemoryTo(60));
        pressure.onUse(70);

        assertThat(pressure.level()).isEqualTo(Level.PUBLIC);
    }

    @Test
    void shouldCountByKind() {
        pressure.onShed(Level.FILES);
        pressure.onShed(Level.FILES);

        assertThat(pressure.shed(Level.FILES)).isEqualTo(2);
        assertThat(pressure.shed(Level.PUBLIC)).isZero();
    }
}
