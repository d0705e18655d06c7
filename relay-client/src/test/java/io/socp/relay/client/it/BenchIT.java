package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each workload of {@code socp bench} for a moment on real relays: every message is accounted for.
 */
@Timeout(180)
class BenchIT {

    @RegisterExtension private static final Processes PROCESSES = new Processes();

    private static RelayNode first;
    private static RelayNode second;

    @BeforeAll
    static void startRelays() throws Exception {
        first = new RelayNode(PROCESSES, "first");
        second = new RelayNode(PROCESSES, "second");
        first.start("--tls=optional");
        first.awaitReady();
        second.introduceTo(List.of(first));
        second.start();
        second.awaitReady();
        second.awaitPeers(1, Duration.ofSeconds(60));
    }

    @Test
    void shouldSendDirectMessages() throws Exception {
        JsonNode result = bench("direct", "--connections=2", "--window=2");

        assertThat(result.path("messages").longValue()).isPositive();
        assertThat(result.path("relay_cpu_seconds").isNull()).isFalse();
        assertThat(result.path("ratio").isNull()).isFalse();
        assertAllArrived(result, result.path("sent_total").longValue());
    }

    @Test
    void shouldSendDirectMessagesOverTls() throws Exception {
        JsonNode result =
                bench("direct", "--tls", "--connections=2", "--window=2", "--limit=router");

        assertThat(result.path("transport").stringValue()).isEqualTo("wss");
        assertThat(result.path("tls_protocol").stringValue()).isEqualTo("TLSv1.3");
        assertThat(result.path("tls_handshakes").longValue()).isEqualTo(4);
        assertThat(result.path("limit_raw_per_cpu_second").isNull()).isFalse();
        assertAllArrived(result, result.path("sent_total").longValue());
    }

    @Test
    void shouldSendDirectMessagesOnAuthenticatedLinks() throws Exception {
        JsonNode result =
                bench(
                        "direct",
                        "--tls",
                        "--link-auth",
                        "--connections=2",
                        "--window=2",
                        "--skip-limits");

        assertThat(result.path("mode").stringValue()).isEqualTo("link-auth");
        assertThat(result.path("tls_handshakes").longValue()).isEqualTo(4);
        assertAllArrived(result, result.path("sent_total").longValue());
    }

    @Test
    void shouldConnectOverTls() throws Exception {
        JsonNode result =
                bench("connect", "--tls", "--no-resumption", "--connections=50", "--skip-limits");

        assertThat(result.path("tls_resumed").longValue()).isZero();
        assertAllArrived(result, 50);
    }

    @Test
    void shouldSendMessagesToAll() throws Exception {
        JsonNode result =
                bench("fanout", "--connections=10", "--senders=2", "--window=2", "--skip-limits");

        assertAllArrived(result, 10 * result.path("sent_total").longValue());
    }

    @Test
    void shouldMeasureThoseWhoReadBesideThoseWhoDoNot() throws Exception {
        JsonNode result =
                bench("fanout", "--connections=10", "--stalled=50", "--rate=20", "--skip-limits");

        assertAllArrived(result, 5 * result.path("sent_total").longValue());
    }

    @Test
    void shouldSendFromRelayToRelay() throws Exception {
        JsonNode result =
                bench(
                        "mesh",
                        "--server=" + second.uri(),
                        "--pid=" + second.process().pid(),
                        "--connections=2",
                        "--window=2",
                        "--skip-limits");

        assertThat(result.path("messages").longValue()).isPositive();
        assertAllArrived(result, result.path("sent_total").longValue());
    }

    @Test
    void shouldConnect() throws Exception {
        JsonNode result = bench("connect", "--connections=50", "--skip-limits");

        assertThat(result.path("messages").longValue()).isEqualTo(50);
        assertAllArrived(result, 50);
    }

    @Test
    void shouldHoldIdleLinks() throws Exception {
        JsonNode result = bench("idle", "--connections=50", "--skip-limits");

        assertThat(result.path("relay_rss_bytes_after").longValue()).isPositive();
        assertAllArrived(result, 50);
    }

    @Test
    void shouldMixThemAll() throws Exception {
        JsonNode result = bench("soak", "--connections=3", "--rate=60");

        assertThat(result.path("lost_total").longValue()).isZero();
        assertThat(result.path("duplicated_total").longValue()).isZero();
        assertThat(result.path("errors").isEmpty()).isTrue();
    }

    @Test
    void shouldSayInOneLineThatNobodyListens() throws Exception {
        SocpProcess bench =
                PROCESSES.socp(
                        "nobody",
                        "bench",
                        "direct",
                        "--corpus=bench.corpus",
                        "--keys=1",
                        "--payloads=64",
                        "--server=ws://127.0.0.1:1");

        assertThat(bench.awaitExit()).isEqualTo(1);
        assertThat(bench.errorLines()).anyMatch(line -> line.contains("refused"));
    }

    private static void assertAllArrived(JsonNode result, long copies) {
        assertThat(copies).isPositive();
        assertThat(result.path("received_total").longValue()).isEqualTo(copies);
        assertThat(result.path("lost_total").longValue()).isZero();
        assertThat(result.path("duplicated_total").longValue()).isZero();
        assertThat(result.path("errors").isEmpty()).isTrue();
    }

    private static JsonNode bench(String workload, String... options) throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "bench",
                                workload,
                                "--json",
                                "--server=" + first.uri(),
                                "--pid=" + first.process().pid(),
                                "--corpus=bench.corpus",
                                "--keys=1",
                                "--payloads=64",
                                "--warmup=200ms",
                                "--duration=1s"));
        arguments.addAll(List.of(options));
        SocpProcess bench = PROCESSES.socp("bench-" + workload, arguments.toArray(String[]::new));
        assertThat(bench.awaitExit()).isZero();
        return JsonMapper.shared().readTree(bench.lines().getLast());
    }
}
