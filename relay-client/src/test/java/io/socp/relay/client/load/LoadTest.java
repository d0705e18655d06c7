package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.session.TransportSignature;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.MiniRelay;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The generator and its figures. */
@Timeout(120)
class LoadTest {

    private static final IdentityKey KEY = TestKeys.ALICE.identity();

    @Test
    void shouldMakeFramesThatRelaysAccept() {
        SignedPayloads payloads = SignedPayloads.create(3, 10, KEY);
        EnvelopeCodec codec = new EnvelopeCodec(EnvelopeLimits.DEFAULT);

        byte[] frame = payloads.frame(2, Actors.ALICE, Actors.BOB, 1_790_000_000_123L);

        Envelope envelope = ((Decoded) codec.decode(frame)).envelope();
        assertThat(envelope.type()).isEqualTo("MSG_DIRECT");
        assertThat(envelope.ts()).isEqualTo(1_790_000_000_123L);
        assertThat(TransportSignature.holds(new SignatureVerifier(), KEY.publicKey(), envelope))
                .isTrue();
        assertThat(SignedPayloads.tsOf(frame)).isEqualTo(1_790_000_000_123L);
        assertThat(payloads.size()).isEqualTo(3);
    }

    @Test
    void shouldReadTheTimeOnlyWhereThereIsOne() {
        assertThat(SignedPayloads.tsOf("{\"type\":\"ACK\"}".getBytes(UTF_8))).isEqualTo(-1);
        assertThat(SignedPayloads.tsOf("{\"ts\":}".getBytes(UTF_8))).isEqualTo(-1);
        assertThat(SignedPayloads.tsOf("{\"ts\":0}".getBytes(UTF_8))).isEqualTo(0);
        assertThat(SignedPayloads.tsOf("{\"ts\":17".getBytes(UTF_8))).isEqualTo(17);
    }

    @Test
    void shouldReadCpuTimeBehindANameWithSpaces() {
        String stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 9 0 0 0 250 50 0 0 20 0 1 0 5 6 7";

        assertThat(ProcessCpu.seconds(stat)).isEqualTo(3.0);
    }

    @Test
    void shouldReadTheCpuTimeOfARunningProcess() throws Exception {
        assertThat(new ProcessCpu(ProcessHandle.current().pid()).seconds()).isPositive();
    }

    @Test
    void shouldMeasureEachProvider() {
        RsaRates rates = RsaRates.measure(CryptoProvider.jdk(), KEY, Duration.ofMillis(20));

        assertThat(rates.provider()).startsWith("SunRsaSign");
        assertThat(rates.signPerSecond()).isPositive().isLessThan(rates.verifyPerSecond());
        assertThat(rates.relayedPerSecond()).isPositive().isLessThan(rates.signPerSecond());
    }

    @Test
    void shouldRunAClosedLoopThroughARelay() throws Exception {
        try (MiniRelay relay = new MiniRelay()) {
            DirectLoadOptions options = options(relay.uri(), 2);

            DirectLoadResult result =
                    DirectLoad.run(options, KEY, OptionalLong.of(ProcessHandle.current().pid()));

            assertThat(result.messages()).isPositive();
            assertThat(result.errors()).isZero();
            assertThat(result.seconds()).isGreaterThan(0.2);
            assertThat(result.relayCpuSeconds()).isPositive();
            assertThat(result.latency().getTotalCount()).isEqualTo(result.messages());
            assertReportHasItsFields(options, result);
        }
    }

    private static void assertReportHasItsFields(
            DirectLoadOptions options, DirectLoadResult result) {
        DirectReport report = new DirectReport(options, result, new RsaRates("X 1", 800, 20_000));

        JsonNode json = JsonMapper.shared().readTree(report.json());

        assertThat(json.propertyNames())
                .containsAll(
                        List.of(
                                "workload",
                                "mode",
                                "transport",
                                "provider",
                                "payload_bytes",
                                "messages",
                                "seconds",
                                "per_second",
                                "relay_cpu_seconds",
                                "per_relay_cpu_second",
                                "p50_us",
                                "p99_us",
                                "p999_us",
                                "limit_sign_per_s",
                                "limit_verify_per_s",
                                "limit_per_cpu_second",
                                "ratio"));
        assertThat(json.path("limit_per_cpu_second").doubleValue()).isBetween(769.0, 769.5);
        assertThat(report.table()).contains("pairs").contains("p99.9").contains("X 1");
    }

    @Test
    void shouldLeaveOutWhatItCannotKnow() throws Exception {
        try (MiniRelay relay = new MiniRelay()) {
            DirectLoadOptions options = options(relay.uri(), 1);
            DirectLoadResult result = DirectLoad.run(options, KEY, OptionalLong.empty());
            DirectReport report = new DirectReport(options, result, new RsaRates("X 1", 1, 1));

            JsonNode json = JsonMapper.shared().readTree(report.json());

            assertThat(json.path("relay_cpu_seconds").isNull()).isTrue();
            assertThat(json.path("ratio").isNull()).isTrue();
            assertThat(report.table()).contains("not known");
        }
    }

    @Test
    void shouldSayWhenTheRelayRefuses() {
        try (ScriptedServer server =
                ScriptedServer.start((connection, hello) ->
                        connection.send(
                                ServerFrames.error(new UserId(hello.from()), "BAD_KEY", "no")))) {
            assertThatThrownBy(() ->
                            DirectLoad.run(options(server.uri(), 1), KEY, OptionalLong.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("BAD_KEY");
        }
    }

    @Test
    void shouldSayWhenNobodyListens() {
        ScriptedServer server = ScriptedServer.silent();
        URI nobody = server.uri();
        server.close();

        assertThatThrownBy(() -> DirectLoad.run(options(nobody, 1), KEY, OptionalLong.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("refused");
    }

    private static DirectLoadOptions options(URI server, int pairs) {
        return new DirectLoadOptions(
                server, pairs, 4, Duration.ofMillis(50), Duration.ofMillis(300), 64, 5);
    }
}
