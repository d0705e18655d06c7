package io.socp.relay.client.it.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Debian's Prometheus reads our alert rules, and scrapes three relays. */
@Timeout(200)
@Execution(ExecutionMode.CONCURRENT)
class PrometheusIT {

    @RegisterExtension private static final Engine ENGINE = new Engine();

    private static final String PROMETHEUS = "/usr/bin/prometheus";

    private static final String PROMTOOL = "/usr/bin/promtool";

    private static final Path RULES = Engine.source("docker/prometheus/alerts.yml");

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir private Path dir;

    @Test
    void shouldFindAlertRulesInOrder() throws Exception {
        demand(PROMTOOL);

        String said = Engine.run(List.of(PROMTOOL, "check", "rules", RULES.toString()));

        assertThat(said).contains("SUCCESS");
    }

    @Test
    void shouldScrapeThreeRelaysAndRaiseNoAlarm() throws Exception {
        demand(PROMETHEUS);
        try (ContainerMesh mesh = ContainerMesh.start()) {
            int port = FreePorts.next();
            Process prometheus = start(mesh, port);
            try {
                await().alias("three relays scraped")
                        .atMost(Duration.ofMinutes(1))
                        .ignoreExceptions()
                        .until(() -> value(port, "sum(up{job=\"socp\"})").equals("3"));
                assertThat(value(port, "sum(socp_peers)")).isEqualTo("6");
                await().alias("rules evaluated")
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> isEveryRuleHealthy(port));
                assertThat(value(port, "count(ALERTS{alertstate=\"firing\"}) or vector(0)"))
                        .as("alarms of a healthy mesh")
                        .isEqualTo("0");
            } finally {
                prometheus.destroy();
                prometheus.waitFor();
            }
        }
    }

    private static void demand(String program) {
        Engine.demand(
                Files.isExecutable(Path.of(program)),
                program + " is missing (Debian's package prometheus)");
    }

    private Process start(ContainerMesh mesh, int port) throws IOException {
        String targets =
                mesh.relays().stream()
                        .map(relay -> '"' + relay.management() + '"')
                        .collect(Collectors.joining(", "));
        Path config = dir.resolve("prometheus.yml");
        Files.writeString(
                config,
                """
                global: { scrape_interval: 1s, evaluation_interval: 1s }
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: socp
                    authorization: { credentials: "%s" }
                    static_configs: [{ targets: [%s] }]
                """
                        .formatted(RULES, ContainerRelay.TOKEN, targets));
        return new ProcessBuilder(
                        PROMETHEUS,
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + dir.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("prometheus.log").toFile())
                .start();
    }

    private String value(int port, String query) throws IOException, InterruptedException {
        String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
        return ask(port, "/api/v1/query?query=" + encoded)
                .at("/data/result/0/value/1")
                .stringValue("none");
    }

    private boolean isEveryRuleHealthy(int port) throws IOException, InterruptedException {
        List<JsonNode> rules =
                ask(port, "/api/v1/rules")
                        .at("/data/groups")
                        .valueStream()
                        .flatMap(group -> group.path("rules").valueStream())
                        .toList();
        return !rules.isEmpty()
                && rules.stream()
                        .allMatch(rule -> rule.path("health").stringValue("").equals("ok"));
    }

    private JsonNode ask(int port, String path) throws IOException, InterruptedException {
        HttpRequest question =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
        return JsonMapper.shared()
                .readTree(http.send(question, HttpResponse.BodyHandlers.ofString()).body());
    }
}
