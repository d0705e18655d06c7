package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RehearseCommandTest {

    private final PrintStream systemOut = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(systemOut);
    }

    /** Whatever is set for the relay that runs here: it must not be disturbed. */
    @Test
    void shouldLetTwoRelaysMeetApartFromTheSettingsHere() {
        Map<String, String> environment = Map.of("SOCP_PORT", "no port", "SOCP_DATA_DIR", "/none");

        int code = SocpDaemon.run(environment, "rehearse");

        String said = out.toString(StandardCharsets.UTF_8);
        assertThat(code).as(said).isZero();
        assertThat(said).contains("two relays have met, signatures by");
    }
}
