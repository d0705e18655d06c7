package io.socp.relay.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.cli.ManagementClient.Answer;
import io.socp.relay.testing.Actors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A relay as a process of its own, whose files change while it runs. */
class ReloadProcessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FIRST_TOKEN = "the first of two tokens";
    private static final String SECOND_TOKEN = "the second of two tokens";

    @TempDir private Path dir;

    private Path file;
    private Path token;
    private Path err;
    private Process relay;
    private URI management;

    @BeforeEach
    void start() throws IOException {
        file = dir.resolve("relay.yaml");
        token = Files.writeString(dir.resolve("token"), FIRST_TOKEN);
        err = dir.resolve("err");
        Path data = Files.createDirectory(dir.resolve("data"));
        Actors.A.keys().identity().save(data.resolve("server.key.pem"));
        configure("max-clients: 100");
        var builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SocpDaemon.class.getName(),
                                "relay",
                                "--config",
                                file.toString(),
                                "--port=0")
                        .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SOCP_"));
        relay = builder.start();
        var out = new BufferedReader(new InputStreamReader(relay.getInputStream(), UTF_8));
        String ready = out.readLine();
        assertThat(ready).as(Files.readString(err)).startsWith("ready ");
        management = URI.create("http://127.0.0.1:" + ready.substring(ready.lastIndexOf('=') + 1));
    }

    @AfterEach
    void stop() throws InterruptedException {
        relay.destroy();
        assertThat(relay.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldTakeUpAtSighupWhatStandsInTheFilesByThen() throws Exception {
        configure("max-clients: 20", "message-bytes-max: 8192", "log-level: debug");
        Files.writeString(token, SECOND_TOKEN);
        Files.writeString(
                dir.resolve("bootstrap.yaml"),
                "bootstrap_servers:\n  - host: 127.0.0.1\n    port: 1\n");

        hangUp();

        await().atMost(PATIENCE).until(() -> said("127.0.0.1:1 is an introducer from now on"));
        assertThat(said("max-clients is 20, was 100")).isTrue();
        assertThat(said("message-bytes-max needs a restart")).isTrue();
        assertThat(said("reload by SIGHUP")).isTrue();
        assertThat(Files.readString(err)).doesNotContain(FIRST_TOKEN, SECOND_TOKEN);
        assertThat(get(FIRST_TOKEN).status()).isEqualTo(401);
        assertThat(get(SECOND_TOKEN).status()).isEqualTo(200);

        configure("max-clients: none");
        hangUp();

        await().atMost(PATIENCE).until(() -> said("stay as they are"));
        assertThat(get(SECOND_TOKEN).status()).isEqualTo(200);
    }

    @Test
    void shouldSayToTheOperatorWhatHasChanged() throws Exception {
        configure("max-clients: 30");

        Answer done = post();
        configure("max-clients: 0");
        Answer refused = post();

        assertThat(done.isOk()).isTrue();
        assertThat(done.text())
                .contains("{\"from\":\"100\",\"setting\":\"max-clients\",\"to\":\"30\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("line 5: max-clients must be from 1");
    }

    private void configure(String... lines) throws IOException {
        Files.writeString(
                file,
                "host: 127.0.0.1\nmanagement-port: 0\ndata-dir: "
                        + dir.resolve("data")
                        + "\nbootstrap: "
                        + dir.resolve("bootstrap.yaml")
                        + "\n"
                        + String.join("\n", lines)
                        + "\nmanagement-token-file: "
                        + token
                        + "\n");
    }

    private void hangUp() throws Exception {
        List<String> command = List.of("kill", "-HUP", String.valueOf(relay.pid()));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private Answer get(String shown) throws IOException {
        return new ManagementClient(management, shown).get("/api/v1/status");
    }

    private Answer post() throws IOException {
        return new ManagementClient(management, FIRST_TOKEN).post("/api/v1/reload");
    }

    private boolean said(String text) throws IOException {
        return Files.readString(err).contains(text);
    }
}
