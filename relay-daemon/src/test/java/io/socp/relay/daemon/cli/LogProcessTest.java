package io.socp.relay.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.testing.Actors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a relay as a process of its own writes while a user comes and an operator gives an order.
 */
class LogProcessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir private Path dir;

    @Test
    void shouldWriteOneObjectALineWithTheUsersIdAndOrdersApart() throws IOException {
        Path audit = dir.resolve("audit.log");

        try (RelayProcess relay =
                RelayProcess.start(dir, "--log-format=json", "--audit-log=" + audit)) {
            try (SocketUser alice = SocketUser.hello(relay.port(), Actors.ALICE)) {
                await().atMost(PATIENCE).until(() -> relay.said(" connected"));
                new ManagementClient(relay.management(), null)
                        .post("/api/v1/kick?user=" + Actors.ALICE.id());
                assertThat(alice.awaitClose()).isEqualTo(1008);
            }
            await().atMost(PATIENCE).until(() -> relay.said(" left"));

            List<JsonNode> lines = relay.log().lines().map(JSON::readTree).toList();
            assertThat(lines)
                    .filteredOn(line -> line.get("message").asString().endsWith(" connected"))
                    .singleElement()
                    .satisfies(line -> {
                        String id = Actors.ALICE.id().value();
                        assertThat(line.get("message").asString())
                                .isEqualTo("user " + id + " connected");
                        assertThat(line.get("user").asString()).isEqualTo(id);
                        assertThat(line.get("address").asString()).contains("127.0.0.1:");
                        assertThat(line.get("level").asString()).isEqualTo("INFO");
                    });
            assertThat(relay.said("kick")).isFalse();
            assertThat(Files.readAllLines(audit))
                    .singleElement()
                    .satisfies(line -> {
                        JsonNode order = JSON.readTree(line);
                        assertThat(order.get("action").asString()).isEqualTo("kick");
                        assertThat(order.get("operator").asString())
                                .startsWith(System.getProperty("user.name") + " at ");
                    });
        }
    }
}
