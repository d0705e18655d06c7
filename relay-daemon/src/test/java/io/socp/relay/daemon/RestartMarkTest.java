package io.socp.relay.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartMarkTest {

    @TempDir private Path dir;

    private final VirtualClock clock = new VirtualClock();

    @Test
    void shouldTellAReturnFromAFirstStart() {
        boolean first = mark().isRestart(clock.now());
        mark().set(clock.now());
        clock.advanceMs(RestartMark.AWAY_MAX.toMillis());

        assertThat(first).isFalse();
        assertThat(mark().isRestart(clock.now())).isTrue();
    }

    @Test
    void shouldForgetItOnceAsked() {
        mark().set(clock.now());
        mark().isRestart(clock.now());

        assertThat(mark().isRestart(clock.now())).isFalse();
    }

    @Test
    void shouldTakeALongAbsenceForANewBeginning() {
        mark().set(clock.now());
        clock.advanceMs(RestartMark.AWAY_MAX.toMillis() + 1);

        assertThat(mark().isRestart(clock.now())).isFalse();
    }

    @Test
    void shouldTakeDamageForANewBeginning() throws IOException {
        Files.writeString(dir.resolve("restart"), "yesterday");

        assertThat(mark().isRestart(clock.now())).isFalse();
    }

    private RestartMark mark() {
        return new RestartMark(dir.resolve("restart"));
    }
}
