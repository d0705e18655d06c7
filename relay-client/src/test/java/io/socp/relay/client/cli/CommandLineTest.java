package io.socp.relay.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.MiniRelay;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.json.JsonMapper;

/** The commands as processes: exit codes, and what goes to which stream. */
@Timeout(120)
class CommandLineTest {

    @TempDir Path directory;

    private record Outcome(int exitCode, List<String> out, String err) {}

    @Test
    void shouldExplainItself() throws Exception {
        Outcome help = socp("", "--help");

        assertThat(help.exitCode()).isEqualTo(0);
        assertThat(String.join("\n", help.out())).contains("chat", "mesh", "bench");
        assertThat(socp("", "chat", "--help").exitCode()).isEqualTo(0);
        assertThat(socp("", "--version").out()).hasSize(3);
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() throws Exception {
        assertThat(socp("").exitCode()).isEqualTo(2);
        assertThat(socp("", "dance").exitCode()).isEqualTo(2);
        assertThat(socp("", "chat").exitCode()).isEqualTo(2);
        assertThat(socp("", "bench").exitCode()).isEqualTo(2);
        assertThat(socp("", "mesh", "11").exitCode()).isEqualTo(2);
        assertThat(socp("", "chat", "p.json", "--server", "http://127.0.0.1:1").err())
                .contains("--server: expected ws://HOST:PORT");
    }

    @Test
    void shouldSayInOneLineWhatIsWrongWithAProfile() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken.json"), "{");

        Outcome damaged = socp("", "chat", broken.toString());
        Outcome nowhere = socp("", "chat", directory.resolve("no/such.json").toString());

        assertThat(damaged.exitCode()).isEqualTo(78);
        assertThat(damaged.err().lines()).hasSize(1);
        assertThat(damaged.err()).contains(broken.toString());
        assertThat(nowhere.exitCode()).isEqualTo(78);
        assertThat(nowhere.err().lines()).hasSize(1);
    }

    @Test
    void shouldSayInOneLineThatNobodyListens() throws Exception {
        URI nobody;
        try (ScriptedServer server = ScriptedServer.silent()) {
            nobody = server.uri();
        }
        String profile = profile(Actors.ALICE, TestKeys.ALICE).toString();

        Outcome plain = socp("", "chat", profile, "--server", nobody.toString());
        Outcome json = socp("", "chat", profile, "--json", "--server", nobody.toString());

        assertThat(plain.exitCode()).isEqualTo(1);
        assertThat(plain.out()).isEmpty();
        assertThat(plain.err().lines()).hasSize(1);
        assertThat(plain.err()).contains("CONNECT_FAILED").contains(nobody.toString());
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(json.out()).hasSize(2);
        assertThat(json.out().get(0))
                .startsWith("{\"event\":\"error\",\"code\":\"CONNECT_FAILED\"");
        assertThat(json.out().get(1)).startsWith("{\"event\":\"closed\",\"reason\":");
    }

    @Test
    void shouldChatFromAPipeWithNothingButEventsOnStdout() throws Exception {
        try (MiniRelay relay = new MiniRelay()) {
            Outcome chat =
                    socp(
                            "/list\n/help\n/tell " + Actors.ALICE + " dear diary: grüß dich\n",
                            "chat",
                            profile(Actors.ALICE, TestKeys.ALICE).toString(),
                            "--name=Alice",
                            "--json",
                            "--server",
                            relay.uri().toString());

            assertThat(chat.exitCode()).isEqualTo(0);
            assertThat(chat.err()).contains("/tell <user> <text>");
            List<String> events = new ArrayList<>();
            for (String line : chat.out()) {
                events.add(JsonMapper.shared().readTree(line).path("event").stringValue());
            }
            assertThat(events).containsOnlyOnce("ready", "list", "sent", "message", "closed");
            assertThat(events).hasSize(5).startsWith("ready", "list").endsWith("closed");
            assertThat(String.join("\n", chat.out()))
                    .contains("\"name\":\"Alice\"")
                    .contains("\"text\":\"dear diary: grüß dich\"")
                    .contains("\"verified\":true");
        }
    }

    @Test
    void shouldShowRsaLimitsOfEveryProvider() throws Exception {
        Outcome limits = socp("", "bench", "limits", "--rsa-only", "--json", "--duration=100ms");

        assertThat(limits.exitCode()).isEqualTo(0);
        assertThat(limits.out()).hasSize(1);
        assertThat(limits.out().getFirst())
                .startsWith("{\"workload\":\"limits\"")
                .contains("SunRsaSign")
                .contains("BC ");
    }

    @Test
    void shouldReadTimesWithTheirUnit() {
        DurationConverter times = new DurationConverter();

        assertThat(times.convert("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(times.convert("10s")).isEqualTo(Duration.ofSeconds(10));
        assertThat(times.convert("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThatThrownBy(() -> times.convert("10")).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void shouldKeepItsStateWhereTheUserWants() {
        assertThat(StandardChat.stateDirectory(Map.of("XDG_STATE_HOME", "/var/mine")))
                .isEqualTo(Path.of("/var/mine/socp"));
        assertThat(StandardChat.stateDirectory(Map.of()))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".local/state/socp"));
    }

    private Path profile(UserId id, TestKeys key) throws IOException {
        Path file = directory.resolve(key + ".json");
        String json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("version", 1)
                        .put("id", id.value())
                        .put("public_key", key.publicKey().text())
                        .put("private_key", key.identity().toPem())
                        .toString();
        return Files.writeString(file, json);
    }

    private Outcome socp(String input, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(SocpClientCommand.class.getName());
        command.addAll(List.of(arguments));
        Path in = Files.writeString(Files.createTempFile(directory, "in", ""), input);
        Path err = Files.createTempFile(directory, "err", "");
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(in.toFile())
                        .redirectError(err.toFile())
                        .start();
        List<String> out = process.inputReader(UTF_8).lines().toList();
        assertThat(process.waitFor(30, SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, Files.readString(err));
    }
}
