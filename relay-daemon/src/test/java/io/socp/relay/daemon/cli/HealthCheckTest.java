package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthCheckTest {

    @TempDir private Path dir;

    @Test
    void shouldHaveNothingToSayOfAReadyRelay() {
        try (TestRelay relay = TestRelay.of(Actors.A).start(dir)) {
            String port = String.valueOf(relay.managementPort());

            assertThat(HealthCheck.trouble(Map.of("SOCP_MANAGEMENT_PORT", port))).isEmpty();
        }
    }

    @Test
    void shouldPassOnWhatTheRelaySaysInstead() {
        try (TestRelay relay = TestRelay.of(Actors.A).start(dir)) {
            // The protocol port knows no probes.
            String port = String.valueOf(relay.port());

            assertThat(HealthCheck.trouble(Map.of("SOCP_MANAGEMENT_PORT", port)))
                    .startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void shouldSayThatNobodyAnswers() {
        String port = String.valueOf(TestRelay.freePort());

        assertThat(HealthCheck.trouble(Map.of("SOCP_MANAGEMENT_PORT", port)))
                .startsWith("no relay answers");
        assertThat(HealthCheck.trouble(Map.of("SOCP_MANAGEMENT_PORT", "no port")))
                .startsWith("no relay answers");
    }
}
