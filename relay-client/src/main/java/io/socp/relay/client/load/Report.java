package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A result beside its limit, as JSON for programs; {@link ReportTable} is for people. Immutable.
 */
@Immutable
public record Report(LoadResult result, Limit limit) {

    private static final int KEY_BITS = 4096;

    /** One object; figures that are not known are null. */
    public ObjectNode json() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        putLoad(json);
        putTls(json);
        putCounts(json);
        putUsage(json);
        putLimit(json);
        putMachine(json);
        return json;
    }

    /** How near the relay came to its limit; NaN when either is not known. */
    double ratio() {
        return result.perRelayCpuSecond() / limit.perCpuSecond();
    }

    /** How near it came to a raw server with the same load; NaN when either is not known. */
    double ratioToRaw() {
        LoadResult raw = limit.raw();
        return raw == null ? Double.NaN : result.perRelayCpuSecond() / raw.perRelayCpuSecond();
    }

    private void putLoad(ObjectNode json) {
        LoadOptions options = result.options();
        json.put("workload", result.workload())
                .put("mode", options.security().mode().word())
                .put("transport", options.isOverTls() ? "wss" : "ws")
                .put("provider", limit.rsa() == null ? null : limit.rsa().provider())
                .put("dialect", options.dialect().name().toLowerCase(Locale.ROOT))
                .put("connections", options.connections())
                .put("senders", options.senders())
                .put("window", options.isOpenLoop() ? null : options.window())
                .put("rate", options.isOpenLoop() ? options.rate() : null)
                .put("stalled_percent", options.stalledPercent())
                .put("payload_bytes", result.corpus().textBytes())
                .put("distinct_payloads", result.corpus().payloads())
                .put("keys", result.corpus().keys());
    }

    private void putTls(ObjectNode json) {
        TlsReport tls = result.tls();
        json.put("tls_protocol", tls.isUsed() ? tls.protocol() : null)
                .put("tls_cipher", tls.isUsed() ? tls.cipher() : null)
                .put("tls_library", tls.isUsed() ? tls.library() : null)
                .put("tls_handshakes", tls.handshakes())
                .put("tls_resumed", tls.resumed());
    }

    private void putCounts(ObjectNode json) {
        Counts counts = result.counts();
        json.put("messages", counts.measured());
        put(json, "seconds", result.usage().seconds());
        put(json, "per_second", result.perSecond());
        json.put("sent_total", counts.sent())
                .put("received_total", counts.received())
                .put("lost_total", counts.lost())
                .put("late_total", counts.late())
                .put("duplicated_total", counts.duplicated())
                .put("unsigned_total", counts.unsigned());
        ObjectNode errors = json.putObject("errors");
        new TreeMap<>(counts.errors()).forEach(errors::put);
        boolean isTimed = counts.measured() > 0 && !result.isIdle();
        put(json, "p50_us", isTimed ? counts.latencyUs(50) : Double.NaN);
        put(json, "p99_us", isTimed ? counts.latencyUs(99) : Double.NaN);
        put(json, "p999_us", isTimed ? counts.latencyUs(99.9) : Double.NaN);
        put(json, "max_us", isTimed ? counts.latencyUs(100) : Double.NaN);
    }

    private void putUsage(ObjectNode json) {
        Usage usage = result.usage();
        put(json, "relay_cpu_seconds", usage.relayCpuSeconds());
        put(json, "per_relay_cpu_second", result.perRelayCpuSecond());
        put(json, "generator_cpu_seconds", usage.generatorCpuSeconds());
        boolean isKnown = usage.rssBefore() > 0;
        json.put("relay_rss_bytes_before", isKnown ? usage.rssBefore() : null);
        json.put("relay_rss_bytes_after", isKnown ? usage.rssAfter() : null);
        boolean isIdle = result.isIdle();
        put(json, "rss_bytes_per_link", isIdle ? result.rssPerLink() : Double.NaN);
        put(json, "cpu_us_per_link_second", isIdle ? idleCpuUs(result) : Double.NaN);
    }

    /** Microseconds of CPU that one link costs in a second. */
    static double idleCpuUs(LoadResult idle) {
        Usage usage = idle.usage();
        return usage.relayCpuSeconds() * 1e6 / usage.seconds() / idle.received();
    }

    private void putLimit(ObjectNode json) {
        RsaRates rsa = limit.rsa();
        put(json, "limit_sign_per_s", rsa == null ? Double.NaN : rsa.signPerSecond());
        put(json, "limit_verify_per_s", rsa == null ? Double.NaN : rsa.verifyPerSecond());
        LoadResult raw = limit.raw();
        put(json, "limit_raw_per_cpu_second", raw == null ? Double.NaN : raw.perRelayCpuSecond());
        put(
                json,
                "raw_rss_bytes_per_link",
                raw == null || !result.isIdle() ? Double.NaN : raw.rssPerLink());
        json.put("limit", limit.formula());
        put(json, "limit_per_cpu_second", limit.perCpuSecond());
        put(json, "ratio", ratio());
        put(json, "ratio_to_raw", ratioToRaw());
    }

    private static void putMachine(ObjectNode json) {
        var system = ManagementFactory.getOperatingSystemMXBean();
        json.put("key_bits", KEY_BITS)
                .put("cpus", system.getAvailableProcessors())
                .put("load_average", system.getSystemLoadAverage())
                .put("os", System.getProperty("os.name") + ' ' + System.getProperty("os.version"))
                .put("arch", System.getProperty("os.arch"))
                .put("jdk", Runtime.version().toString())
                .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    static void put(ObjectNode json, String name, double value) {
        @Nullable Double known =
                Double.isFinite(value) ? Double.valueOf(Math.round(value * 1_000) / 1_000.0) : null;
        json.put(name, known);
    }
}
