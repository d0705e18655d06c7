package io.socp.relay.client.it.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docker/compose.yaml} as operators run it, by both versions of the command. */
@Timeout(200)
@Execution(ExecutionMode.CONCURRENT)
class ComposeIT {

    @RegisterExtension private static final Engine ENGINE = new Engine();

    private static final String VERSION_1 = "docker-compose";

    private static final String VERSION_2 = "docker compose";

    private static final Duration HEALTHY_MAX = Duration.ofMinutes(2);

    @ParameterizedTest
    @ValueSource(strings = {VERSION_2, VERSION_1})
    void shouldBringUpMeshWhoseUsersTalk(String command) throws Exception {
        // Debian has the first version alone; one of the two is enough.
        boolean isWanted = command.equals(VERSION_1) && !isThere(VERSION_2);
        if (isWanted) {
            Engine.demand(isThere(command), "neither version of compose is here");
        }
        Assumptions.assumeTrue(isThere(command), command + " is not here");
        String project = "socp-it-" + FreePorts.next();
        List<Integer> ports =
                IntStream.range(0, ContainerMesh.RELAYS).mapToObj(_ -> FreePorts.next()).toList();
        try {
            long startNs = System.nanoTime();
            compose(command, project, ports, "up", "-d");
            Crowd.awaitUntil(
                    "three healthy relays",
                    HEALTHY_MAX,
                    () -> healthy(project) == ContainerMesh.RELAYS);
            double seconds = (System.nanoTime() - startNs) / 1e9;

            Ledger ledger = new Ledger();
            talk(ports, ledger);
            System.out.printf(
                    Locale.ROOT,
                    "%s up: three healthy relays after %.1f s, users of two have talked%n",
                    command,
                    seconds);
        } finally {
            compose(command, project, ports, "down", "-v");
        }
    }

    private static void talk(List<Integer> ports, Ledger ledger) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        Talker alice = talker(TestKeys.ALICE, ports.getFirst(), ledger, timer);
        Talker bob = talker(TestKeys.BOB, ports.getLast(), ledger, timer);
        try {
            alice.connect();
            bob.connect();
            Crowd.awaitUntil("connected", HEALTHY_MAX, () -> alice.isHere() && bob.isHere());
            Crowd.awaitWord(ledger, alice, bob);
            Crowd.awaitWord(ledger, bob, alice);
            assertThat(ledger.sums().twice()).isZero();
        } finally {
            timer.shutdownNow();
            alice.leave();
            bob.leave();
        }
    }

    private static Talker talker(
            TestKeys key, int port, Ledger ledger, ScheduledExecutorService timer) {
        return new Talker(key, List.of(URI.create("ws://127.0.0.1:" + port)), ledger, timer);
    }

    private static boolean isThere(String command) {
        try {
            Process process =
                    new ProcessBuilder((command + " version").split(" "))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static long healthy(String project) {
        return Engine.client()
                .listContainersCmd()
                .withLabelFilter(List.of("com.docker.compose.project=" + project))
                .exec()
                .stream()
                .filter(container -> container.getStatus().contains("(healthy)"))
                .count();
    }

    private static void compose(
            String command, String project, List<Integer> ports, String... action)
            throws IOException, InterruptedException {
        StringBuilder line = new StringBuilder("SOCP_IMAGE=" + Engine.IMAGE);
        for (int i = 0; i < ports.size(); i++) {
            line.append(" RELAY_").append(i + 1).append("_PORT=").append(ports.get(i));
        }
        line.append(" exec env ").append(command);
        line.append(" -f docker/compose.yaml -p ").append(project);
        line.append(' ').append(String.join(" ", action));
        Engine.run(List.of("bash", "-c", line.toString()));
    }
}
