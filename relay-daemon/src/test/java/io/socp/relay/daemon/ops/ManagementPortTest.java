package io.socp.relay.daemon.ops;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.Scrape;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementPortTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    @TempDir private static Path dir;

    private static TestRelay relay;

    @BeforeAll
    static void start() {
        relay = TestRelay.of(Actors.A).start(dir);
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @Test
    void shouldSayThatItLives() {
        HttpResponse<String> answer = Scrape.get(relay.managementPort(), "/livez");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing", "/livez/x", "/metrics2"})
    void shouldNotKnowOtherPaths(String path) {
        HttpResponse<String> answer = Scrape.get(relay.managementPort(), path);

        assertThat(answer.statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void shouldOnlyBeAskedAndTold(String method) {
        HttpResponse<String> answer = Scrape.request(relay.managementPort(), "/metrics", method);

        assertThat(answer.statusCode()).isEqualTo(405);
    }

    @Test
    void shouldAnswerInPrometheusText() {
        HttpResponse<String> answer = Scrape.get(relay.managementPort(), "/metrics?x=1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(answer.body()).contains("# TYPE socp_frames_total counter");
    }

    @Test
    void shouldNotSpeakWebSocketToOperators() {
        HttpResponse<String> answer = Scrape.get(relay.port(), "/metrics");

        assertThat(answer.statusCode()).isEqualTo(404);
    }

    @Test
    void shouldMeasureWhatHappens() {
        Scrape before = relay.scrape();
        try (SocketUser alice = SocketUser.hello(relay.port(), ALICE);
                SocketUser bob = SocketUser.hello(relay.port(), BOB)) {
            Envelope direct =
                    Envelopes.msgDirect(ALICE, BOB).ts(System.currentTimeMillis()).build();
            alice.send(direct).settle(ALICE).send(direct);
            alice.send(Envelopes.msgDirect(ALICE, BOB).signedBy(TestKeys.MALLORY));
            alice.send(Envelopes.msgDirect(ALICE, Actors.CAROL));
            alice.send(Envelopes.msgPublic(BOB));
            alice.send("nonsense");
            alice.settle(ALICE);
            bob.settle(BOB);

            Scrape after = relay.scrape();

            assertGrowth(before, after, 2, "USER_HELLO", "accepted");
            assertGrowth(before, after, 1, "MSG_DIRECT", "accepted");
            assertGrowth(before, after, 1, "MSG_DIRECT", "duplicate");
            assertGrowth(before, after, 1, "MSG_DIRECT", "unverified");
            assertGrowth(before, after, 1, "MSG_DIRECT", "undeliverable");
            assertGrowth(before, after, 1, "MSG_PUBLIC_CHANNEL", "refused");
            assertGrowth(before, after, 1, "other", "malformed");
            assertThat(after.value("socp_links", "user")).isEqualTo(2);
            assertThat(after.value("socp_users")).isEqualTo(2);
            assertThat(after.value("socp_peers")).isZero();
            assertThat(after.has("socp_outbound_queue_bytes", "user")).isTrue();
            assertThat(after.value("socp_seen_entries")).isPositive();
            assertThat(count(after, "verify") - count(before, "verify")).isGreaterThanOrEqualTo(5);
            assertThat(count(after, "sign") - count(before, "sign")).isGreaterThanOrEqualTo(3);
            assertThat(after.value("socp_build_info")).isEqualTo(1);
        }
        await().atMost(SocketUser.PATIENCE).until(() -> relay.scrape().value("socp_links") == 0);
    }

    @Test
    void shouldKeepItsMeasuresWhenTheCollectorRuns() throws InterruptedException {
        try (SocketUser alice = SocketUser.hello(relay.port(), ALICE)) {
            LeakCheck.collect();

            alice.settle(ALICE);

            assertThat(relay.scrape().value("socp_users")).isEqualTo(1);
        }
    }

    private static void assertGrowth(Scrape before, Scrape after, int growth, String... tags) {
        double grown =
                after.value("socp_frames_total", tags) - before.value("socp_frames_total", tags);
        assertThat(grown).as(String.join(" ", tags)).isEqualTo(growth);
    }

    private static double count(Scrape scrape, String what) {
        return scrape.value("socp_" + what + "_duration_seconds_count");
    }
}
