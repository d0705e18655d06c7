package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.cli.ManagementClient.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    private RelayProcess relay;

    @BeforeEach
    void start() throws IOException {
        file = dir.resolve("relay.yaml");
        token = Files.writeString(dir.resolve("token"), FIRST_TOKEN);
        configure("max-clients: 100");
        relay = RelayProcess.start(dir, "--config", file.toString());
    }

    @AfterEach
    void stop() throws IOException {
        relay.close();
    }

    @Test
    void shouldTakeUpAtSighupWhatStandsInTheFilesByThen() throws Exception {
        assumeThat(isSighupIgnored())
                .as("SIGHUP is ignored here (nohup), and so it is by the relay that is started")
                .isFalse();
        configure("max-clients: 20", "message-bytes-max: 8192", "log-level: debug");
        Files.writeString(token, SECOND_TOKEN);
        Files.writeString(
                dir.resolve("bootstrap.yaml"),
                "bootstrap_servers:\n  - host: 127.0.0.1\n    port: 1\n");

        relay.hangUp();

        await().atMost(PATIENCE)
                .until(() -> relay.said("127.0.0.1:1 is an introducer from now on"));
        assertThat(relay.said("max-clients is 20, was 100")).isTrue();
        assertThat(relay.said("message-bytes-max needs a restart")).isTrue();
        assertThat(relay.said("reload by SIGHUP: {\"changed\":[{")).isTrue();
        assertThat(relay.log()).doesNotContain(FIRST_TOKEN, SECOND_TOKEN);
        assertThat(get(FIRST_TOKEN).status()).isEqualTo(401);
        assertThat(get(SECOND_TOKEN).status()).isEqualTo(200);

        configure("max-clients: none");
        relay.hangUp();

        await().atMost(PATIENCE).until(() -> relay.said("stay as they are"));
        assertThat(get(SECOND_TOKEN).status()).isEqualTo(200);
    }

    @Test
    void shouldSayToTheOperatorWhatHasChanged() throws Exception {
        configure("max-clients: 30");

        Answer done = post();
        String toEveryone = information();
        configure("max-clients: 0");
        Answer refused = post();

        assertThat(done.isOk()).isTrue();
        assertThat(done.text())
                .contains("{\"from\":\"100\",\"setting\":\"max-clients\",\"to\":\"30\"}");
        assertThat(toEveryone).contains("\"links\":30");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("line 1: max-clients must be from 1");
    }

    /** Children inherit that; the lowest bit is signal 1. */
    private static boolean isSighupIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.isReadable(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .map(line -> line.substring("SigIgn:".length()).strip())
                        .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & 1) != 0);
    }

    private void configure(String... lines) throws IOException {
        Files.writeString(
                file, String.join("\n", lines) + "\nmanagement-token-file: " + token + "\n");
    }

    /** What the protocol port says to anyone. */
    private String information() throws IOException {
        URI port = URI.create("http://127.0.0.1:" + relay.port());
        return new ManagementClient(port, null).get("/").text();
    }

    private Answer get(String shown) throws IOException {
        return new ManagementClient(relay.management(), shown).get("/api/v1/status");
    }

    private Answer post() throws IOException {
        return new ManagementClient(relay.management(), FIRST_TOKEN).post("/api/v1/reload");
    }
}
