package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Our relay before the kit that judges everyone's. */
@Timeout(300)
class ConformanceIT {

    /** The kit takes a minute on a machine that has nothing else to do. */
    private static final Duration KIT_TAKES = Duration.ofMinutes(4);

    @RegisterExtension private static final Processes PROCESSES = new Processes();

    @Test
    void shouldPassEveryClause() throws Exception {
        RelayNode relay = new RelayNode(PROCESSES, "judged");
        relay.start();
        relay.awaitReady();

        SocpProcess kit =
                PROCESSES.socp("conformance", "conformance", "--timeout=10s", relay.uri());

        assertThat(kit.awaitExit(KIT_TAKES)).isZero();
        assertThat(kit.lines()).noneMatch(line -> line.strip().startsWith("FAIL"));
        assertThat(kit.lines().getLast()).contains("0 failed, 0 not offered");
    }
}
