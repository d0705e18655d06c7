package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.testing.TestKeys;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The counting and reporting parts of the generator. */
class LoadPartsTest {

    private static final long MS = 1_000_000;

    @Test
    void shouldSendAtTheRateThatWasAskedFor() {
        OpenLoop schedule = new OpenLoop(1_000, 0);
        List<Long> due = new ArrayList<>();

        long wait = schedule.advance(10 * MS, due::add);

        assertThat(due).hasSize(11).startsWith(0L, MS, 2 * MS).endsWith(10 * MS);
        assertThat(wait).isEqualTo(MS);
    }

    @Test
    void shouldKeepTheDueTimeOfWhatCouldNotBeSent() {
        OpenLoop schedule = new OpenLoop(1_000, 0);
        List<Long> due = new ArrayList<>();

        long blocked = schedule.advance(5 * MS, _ -> false);
        schedule.advance(5 * MS, due::add);

        assertThat(blocked).isEqualTo(OpenLoop.BLOCKED_NS);
        assertThat(due).startsWith(0L, MS).hasSize(6);
    }

    @Test
    void shouldCatchUpInBursts() {
        OpenLoop schedule = new OpenLoop(1_000_000, 0);
        List<Long> due = new ArrayList<>();

        long wait = schedule.advance(10 * MS, due::add);

        assertThat(wait).isZero();
        assertThat(due).hasSize(OpenLoop.BURST_MAX);
    }

    @Test
    void shouldUseNoNumberThatIsUnderWay() {
        UnderWay underWay = new UnderWay(2);

        assertThat(underWay.take(1, 1)).isZero();
        assertThat(underWay.take(2, 1)).isEqualTo(1);
        assertThat(underWay.take(3, 1)).isEqualTo(-1);
        assertThat(underWay.arrive(0)).isTrue();
        assertThat(underWay.count()).isEqualTo(1);
        assertThat(underWay.take(4, 1)).isZero();
        assertThat(underWay.take(5, 1)).isEqualTo(-1);
    }

    @Test
    void shouldAwaitEveryCopy() {
        UnderWay underWay = new UnderWay(4);
        underWay.take(10, 3);

        assertThat(underWay.arrive(0)).isFalse();
        assertThat(underWay.arrive(0)).isFalse();
        assertThat(underWay.sinceNs(0)).isEqualTo(10);
        assertThat(underWay.arrive(0)).isTrue();
        assertThat(underWay.isAwaited(0)).isFalse();
    }

    @Test
    void shouldGiveUpTheOldestOnlyAndOnlyInTime() {
        UnderWay underWay = new UnderWay(4);
        underWay.take(10, 3);
        underWay.take(20, 2);
        underWay.arrive(0);

        assertThat(underWay.expire(10)).isZero();
        assertThat(underWay.expire(11)).isEqualTo(2);
        assertThat(underWay.expire(20)).isZero();
        assertThat(underWay.expire(21)).isEqualTo(2);
        assertThat(underWay.expire(99)).isZero();
        assertThat(underWay.count()).isZero();
    }

    @Test
    void shouldTellTheRoundsOfANumberApart() {
        UnderWay underWay = new UnderWay(1);
        underWay.take(1, 1);
        byte first = underWay.round(0);
        underWay.arrive(0);
        underWay.take(2, 1);

        assertThat(underWay.round(0)).isNotEqualTo(first);
        assertThat(first).isNotZero();
    }

    @Test
    void shouldCountLatencyOnlyWhileItMeasures() {
        Tally tally = new Tally();

        tally.onReceived(MS);
        tally.measure(true);
        tally.onReceived(2 * MS);
        tally.onReceived(4 * MS);
        tally.measure(false);
        tally.onReceived(MS);

        Counts counts = tally.counts();
        assertThat(counts.received()).isEqualTo(4);
        assertThat(counts.measured()).isEqualTo(2);
        assertThat(counts.latencyUs(50)).isBetween(1_990.0, 2_010.0);
        assertThat(counts.latencyUs(100)).isBetween(3_990.0, 4_010.0);
    }

    @Test
    void shouldTakeALateOneOutOfTheLost() {
        Tally tally = new Tally();

        tally.onLost(3);
        tally.onLate();
        tally.onDuplicate();

        assertThat(tally.counts().lost()).isEqualTo(2);
        assertThat(tally.counts().late()).isEqualTo(1);
        assertThat(tally.counts().received()).isEqualTo(1);
        assertThat(tally.counts().duplicated()).isEqualTo(1);
    }

    @Test
    void shouldRememberSoManyErrorCodesAndNoMore() {
        Tally tally = new Tally();

        for (int i = 0; i < 3 * Tally.ERROR_CODES_MAX; i++) {
            tally.onError("CODE_" + i, "x".repeat(1_000));
        }

        assertThat(tally.counts().errors()).hasSize(Tally.ERROR_CODES_MAX).containsKey("OTHER");
        assertThat(tally.counts().errorsTotal()).isEqualTo(3L * Tally.ERROR_CODES_MAX);
        assertThat(tally.counts().complaint()).hasSizeLessThan(400);
    }

    @Test
    void shouldReadTheCodeOfAnError() {
        assertThat(code("{\"type\":\"ERROR\",\"payload\":{\"code\":\"BAD_KEY\"}}"))
                .isEqualTo("BAD_KEY");
        assertThat(code("{\"payload\": {\"code\" : \"TIMEOUT\"}, \"type\" : \"ERROR\"}"))
                .isEqualTo("TIMEOUT");
        assertThat(code("{\"type\":\"ERROR\"}")).isEqualTo("UNKNOWN");
        assertThat(code("{\"type\":\"ERROR\",\"code\":7}")).isEqualTo("UNKNOWN");
        assertThat(code("{\"type\":\"ERROR\",\"code\":\"<script>\"}")).isEqualTo("UNKNOWN");
        assertThat(code("{\"type\":\"ERROR\",\"code\"")).isEqualTo("UNKNOWN");
        assertThat(isError("{\"type\":\"ACK\"}")).isFalse();
        assertThat(isError("{\"type\":")).isFalse();
        assertThat(isError("")).isFalse();
    }

    @Test
    void shouldReadCpuTimeBehindANameWithSpaces() {
        String stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 9 0 0 0 250 50 0 0 20 0 1 0 5 6 7";

        assertThat(ProcessUsage.cpuSeconds(stat)).isEqualTo(3.0);
    }

    @Test
    void shouldReadResidentMemory() throws Exception {
        String rollup = "55d0-7ffd ---p 00000000 00:00 0   [rollup]\nRss:      123 kB\nPss: 7 kB\n";

        assertThat(ProcessUsage.kilobytes(rollup, "Rss:")).isEqualTo(123 * 1024);
        assertThatThrownBy(() -> ProcessUsage.kilobytes("Pss: 7 kB", "Rss:"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldReadTheUsageOfARunningProcess() throws Exception {
        ProcessUsage usage = ProcessUsage.of(List.of(ProcessHandle.current().pid()));

        assertThat(usage.cpuSeconds()).isPositive();
        assertThat(usage.rssBytes()).isGreaterThan(1 << 20);
        assertThat(ProcessUsage.of(List.of()).cpuSeconds()).isNaN();
        assertThatThrownBy(() -> ProcessUsage.of(List.of(Long.MAX_VALUE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no process");
    }

    @Test
    void shouldMeasureEachProvider() {
        RsaRates rates =
                RsaRates.measure(
                        CryptoProvider.jdk(), TestKeys.ALICE.identity(), Duration.ofMillis(20));

        assertThat(rates.provider()).startsWith("SunRsaSign");
        assertThat(rates.signPerSecond()).isPositive().isLessThan(rates.verifyPerSecond());
        assertThat(rates.relayedPerSecond()).isPositive().isLessThan(rates.signPerSecond());
    }

    @Test
    void shouldSpreadManyConnectionsOverAddresses() {
        assertThat(Connector.sourceAddress("127.0.0.1", 0)).isNull();
        assertThat(Connector.sourceAddress("127.0.0.1", Connector.LINKS_OF_AN_ADDRESS - 1))
                .isNull();
        assertThat(Connector.sourceAddress("127.0.0.1", Connector.LINKS_OF_AN_ADDRESS))
                .isEqualTo("127.0.0.2");
        assertThat(Connector.sourceAddress("127.0.0.1", LoadOptions.CONNECTIONS_MAX - 1))
                .isEqualTo("127.0.0.10");
        assertThat(Connector.sourceAddress("192.0.2.1", 99_999)).isNull();
    }

    @Test
    void shouldBoundALoad() {
        load(LoadOptions.CONNECTIONS_MAX, 16, 0);

        assertThatThrownBy(() -> load(LoadOptions.CONNECTIONS_MAX + 1, 16, 0))
                .hasMessageContaining("--connections must be 1 to 100000");
        assertThatThrownBy(() -> load(1, Slice.UNDER_WAY_MAX + 1, 0))
                .hasMessageContaining("--window");
        assertThatThrownBy(() -> load(1, 1, Double.NaN)).hasMessageContaining("--rate");
        assertThatThrownBy(() -> load(1, 1, -1)).hasMessageContaining("--rate");
        assertThatThrownBy(() -> load(1, 16, 0).checkStreams(2_000, 500))
                .hasMessageContaining("20000");
        assertThatThrownBy(() -> load(1, 16, 0).checkStreams(1, 15))
                .hasMessageContaining("--payloads");
        load(1, 16, 10).checkStreams(2_000, 1);
    }

    @Test
    void shouldHoldAnOpenLoopAgainstARawServerWithAWindowThatItCanHave() {
        URI raw = URI.create("ws://127.0.0.1:2");

        assertThat(load(8, 16, 10).onRaw(raw, 1).window()).isEqualTo(16);
        assertThat(load(8, 16, 0).onRaw(raw, 1).window()).isEqualTo(16);
        assertThat(load(2_000, 16, 10).onRaw(raw, 1).window()).isEqualTo(10);
        assertThat(load(LoadOptions.CONNECTIONS_MAX, 16, 10).onRaw(raw, 1).window()).isOne();
    }

    @Test
    void shouldReportEveryFigureWithItsLimit() {
        Histogram latency = new Histogram(1_000_000_000, 3);
        latency.recordValueWithCount(2 * MS, 990);
        latency.recordValueWithCount(50 * MS, 10);
        Counts counts =
                new Counts(1_100, 1_090, 10, 0, 1, 0, 1_000, Map.of("TIMEOUT", 3L), latency, "x");
        Usage usage = new Usage(2, 4, 1, 100 << 20, 101 << 20);
        Limit limit = new Limit(new RsaRates("X 1", 800, 20_000), null, 500, "by hand");
        Report report =
                new Report(
                        new LoadResult(
                                "direct",
                                load(8, 16, 0),
                                CorpusSpec.DEFAULT,
                                counts,
                                usage,
                                TlsReport.NONE),
                        limit);

        JsonNode json = JsonMapper.shared().readTree(report.json().toString());
        String table = new ReportTable(report).text();

        assertThat(json.path("workload").stringValue()).isEqualTo("direct");
        assertThat(json.path("mode").stringValue()).isEqualTo("strict");
        assertThat(json.path("transport").stringValue()).isEqualTo("ws");
        assertThat(json.path("provider").stringValue()).isEqualTo("X 1");
        assertThat(json.path("payload_bytes").intValue()).isEqualTo(64);
        assertThat(json.path("messages").intValue()).isEqualTo(1_000);
        assertThat(json.path("seconds").doubleValue()).isEqualTo(2);
        assertThat(json.path("per_second").doubleValue()).isEqualTo(500);
        assertThat(json.path("relay_cpu_seconds").doubleValue()).isEqualTo(4);
        assertThat(json.path("per_relay_cpu_second").doubleValue()).isEqualTo(250);
        assertThat(json.path("p50_us").doubleValue()).isBetween(1_990.0, 2_010.0);
        assertThat(json.path("p99_us").doubleValue()).isBetween(1_990.0, 2_010.0);
        assertThat(json.path("p999_us").doubleValue()).isBetween(49_900.0, 50_100.0);
        assertThat(json.path("limit_sign_per_s").doubleValue()).isEqualTo(800);
        assertThat(json.path("limit_verify_per_s").doubleValue()).isEqualTo(20_000);
        assertThat(json.path("limit_per_cpu_second").doubleValue()).isEqualTo(500);
        assertThat(json.path("ratio").doubleValue()).isEqualTo(0.5);
        assertThat(json.path("lost_total").intValue()).isEqualTo(10);
        assertThat(json.path("errors").path("TIMEOUT").intValue()).isEqualTo(3);
        assertThat(table).contains("0.50 of the limit").contains("TIMEOUT=3").contains("X 1");
    }

    @Test
    void shouldLeaveOutWhatItCannotKnow() {
        Counts counts =
                new Counts(1, 1, 0, 0, 0, 0, 1, Map.of(), new Histogram(1_000_000, 3), null);
        Usage usage = new Usage(2, Double.NaN, 1, 0, 0);
        Report report =
                new Report(
                        new LoadResult(
                                "direct",
                                load(8, 16, 9),
                                CorpusSpec.DEFAULT,
                                counts,
                                usage,
                                TlsReport.NONE),
                        Limit.NONE);

        JsonNode json = JsonMapper.shared().readTree(report.json().toString());

        for (String name :
                List.of("relay_cpu_seconds", "per_relay_cpu_second", "ratio", "provider")) {
            assertThat(json.has(name)).isTrue();
            assertThat(json.path(name).isNull()).isTrue();
        }
        assertThat(json.path("window").isNull()).isTrue();
        assertThat(json.path("rate").doubleValue()).isEqualTo(9);
        assertThat(new ReportTable(report).text()).contains("not known");
    }

    private static LoadOptions load(int connections, int window, double rate) {
        return new LoadOptions(
                List.of(URI.create("ws://127.0.0.1:1")),
                List.of(),
                connections,
                1,
                window,
                rate,
                0,
                Duration.ZERO,
                Duration.ofSeconds(1),
                Dialect.OURS,
                Security.STRICT);
    }

    private static String code(String frame) {
        ByteBuf bytes = Unpooled.wrappedBuffer(("??" + frame).getBytes(UTF_8));
        assertThat(Notice.isError(bytes, 2, bytes.readableBytes() - 2)).isTrue();
        return Notice.code(bytes, 2, bytes.readableBytes() - 2);
    }

    private static boolean isError(String frame) {
        ByteBuf bytes = Unpooled.wrappedBuffer(frame.getBytes(UTF_8));
        return Notice.isError(bytes, 0, bytes.readableBytes());
    }
}
