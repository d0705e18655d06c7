package io.socp.relay.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogOptionsTest {

    @Test
    void shouldReadLevelsInAllAndByLogger() {
        assertThat(LogOptions.levels("Warn, io.netty = debug"))
                .isEqualTo(Map.of("ROOT", "warn", "io.netty", "debug"));
        assertThat(LogOptions.levels("io.netty=off"))
                .isEqualTo(Map.of("ROOT", "info", "io.netty", "off"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "loud", "info,", "=info", "info,warn", "a=info,a=warn", "a=b=info"})
    void shouldRefuseWhatIsNoLevel(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> LogOptions.levels(text));
    }
}
