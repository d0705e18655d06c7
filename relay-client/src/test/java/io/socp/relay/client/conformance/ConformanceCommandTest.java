package io.socp.relay.client.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.cli.SocpClientCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code socp conformance} as a process: exit codes, and what goes to which stream. */
@Timeout(120)
class ConformanceCommandTest {

    @TempDir Path directory;

    private record Outcome(int exitCode, String out, String err) {}

    @Test
    void shouldExitWithZeroWhenNothingFails() throws Exception {
        try (BrokenRelay relay = BrokenRelay.start(BrokenRelay.NONE)) {
            Outcome table = conformance(relay.url().toString(), "--only=direct.delivered,error.u");

            assertThat(table.exitCode()).isEqualTo(0);
            assertThat(table.out())
                    .contains("§9.2 Direct messages", "PASS         direct.delivered")
                    .contains("2 clauses: 2 passed, 0 failed, 0 not offered");
        }
    }

    @Test
    void shouldExitWithOneWhenAClauseFails() throws Exception {
        try (BrokenRelay relay = BrokenRelay.start("direct.delivered")) {
            Outcome json =
                    conformance(
                            relay.url().toString(),
                            "--json",
                            "--timeout=500ms",
                            "--only=direct.delivered");

            assertThat(json.exitCode()).isEqualTo(1);
            assertThat(json.err()).isEmpty();
            assertThat(json.out().lines()).hasSize(1);
            JsonNode report = JsonMapper.shared().readTree(json.out());
            assertThat(report.propertyNames())
                    .containsExactly("url", "passed", "failed", "not_offered", "clauses");
            assertThat(report.path("clauses").path(0).propertyNames())
                    .containsExactly("id", "section", "requirement", "verdict", "detail", "ms");
        }
    }

    @Test
    void shouldSayInOneLineThatNobodyListens() throws Exception {
        URI nobody;
        try (BrokenRelay relay = BrokenRelay.start(BrokenRelay.NONE)) {
            nobody = relay.url();
        }

        Outcome outcome = conformance(nobody.toString());

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.err()).contains(nobody.toString());
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() throws Exception {
        assertThat(conformance().exitCode()).isEqualTo(2);
        assertThat(conformance("http://127.0.0.1:1").exitCode()).isEqualTo(2);
        assertThat(conformance("ws://127.0.0.1:1", "--timeout=1h").exitCode()).isEqualTo(2);
        assertThat(conformance("ws://127.0.0.1:1", "--only=nothing").exitCode()).isEqualTo(2);
        assertThat(conformance("ws://127.0.0.1:1", "--pubkey=AAAA").err()).contains("--pubkey");
    }

    private Outcome conformance(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(SocpClientCommand.class.getName());
        command.add("conformance");
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(directory, "err", "");
        Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, Files.readString(err));
    }
}
