package io.socp.relay.client.load;

import java.util.Formatter;
import java.util.Locale;
import java.util.TreeMap;

/** A report in lines for a person. */
public final class ReportTable {

    private static final double KIB = 1 << 10;
    private static final double MIB = 1 << 20;

    private final Report report;
    private final LoadResult result;

    public ReportTable(Report report) {
        this.report = report;
        this.result = report.result();
    }

    /** Several lines, without a line break at the end. */
    public String text() {
        try (Formatter out = new Formatter(Locale.ROOT)) {
            load(out);
            counts(out);
            usage(out);
            limit(out);
            return out.toString().stripTrailing();
        }
    }

    private void load(Formatter out) {
        LoadOptions options = result.options();
        out.format(
                "%s, %s, %s, %s%n",
                result.workload(),
                options.security().mode().description(),
                options.isOverTls() ? "wss" : "ws",
                options.servers());
        TlsReport tls = result.tls();
        if (tls.isUsed()) {
            out.format(
                    "  TLS         %s, %s; here %s; %d handshakes, %d of them resumed%n",
                    tls.protocol(), tls.cipher(), tls.library(), tls.handshakes(), tls.resumed());
        }
        String pace =
                options.isOpenLoop()
                        ? "%.0f messages offered a second".formatted(options.rate())
                        : "%d under way each".formatted(options.window());
        out.format(
                "  load        %d connections, %d senders, %s, %d %% stalled%n",
                options.connections(), options.senders(), pace, options.stalledPercent());
        out.format("  corpus      %s, signed before the run%n", result.corpus());
    }

    private void counts(Formatter out) {
        Counts counts = result.counts();
        if (result.isIdle()) {
            out.format("  measured    %.2f s%n", result.usage().seconds());
        } else {
            out.format(
                    "  measured    %d in %.2f s: %.0f /s%n",
                    counts.measured(), result.usage().seconds(), result.perSecond());
        }
        out.format(
                "  whole run   %d sent, %d received, %d lost, %d late, %d doubled, %d without sig;"
                        + " errors: %s%n",
                counts.sent(),
                counts.received(),
                counts.lost(),
                counts.late(),
                counts.duplicated(),
                counts.unsigned(),
                counts.errors().isEmpty() ? "none" : new TreeMap<>(counts.errors()));
        if (counts.complaint() != null) {
            out.format("  last error  %s%n", counts.complaint());
        }
        if (!result.isIdle()) {
            out.format(
                    "  latency     p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms%n",
                    counts.latencyUs(50) / 1e3,
                    counts.latencyUs(99) / 1e3,
                    counts.latencyUs(99.9) / 1e3,
                    counts.latencyUs(100) / 1e3);
        }
    }

    private void usage(Formatter out) {
        Usage usage = result.usage();
        out.format("  generator   %.2f s of CPU%n", usage.generatorCpuSeconds());
        if (Double.isNaN(usage.relayCpuSeconds())) {
            out.format("  relay       CPU and memory not known (--pid)%n");
            return;
        }
        out.format(
                "  relay       %.2f s of CPU, %.1f MiB resident, %+.1f%n",
                usage.relayCpuSeconds(),
                usage.rssAfter() / MIB,
                (usage.rssAfter() - usage.rssBefore()) / MIB);
        if (result.isIdle()) {
            out.format(
                    "  each link   %.1f KiB resident, %.2f us of CPU a second%n",
                    result.rssPerLink() / KIB, Report.idleCpuUs(result));
        } else {
            out.format("  per CPU s   %.0f messages%n", result.perRelayCpuSecond());
        }
    }

    private void limit(Formatter out) {
        Limit limit = report.limit();
        RsaRates rsa = limit.rsa();
        if (rsa != null) {
            out.format(
                    "  RSA         %s: %.0f sign/s, %.0f verify/s on one core%n",
                    rsa.provider(), rsa.signPerSecond(), rsa.verifyPerSecond());
        }
        LoadResult raw = limit.raw();
        if (raw != null && result.isIdle()) {
            out.format("  raw Netty   %.1f KiB resident a link%n", raw.rssPerLink() / KIB);
        } else if (raw != null) {
            out.format(
                    "  raw Netty   %.0f per CPU second, of which this is %.2f%n",
                    raw.perRelayCpuSecond(), report.ratioToRaw());
        }
        if (!Double.isNaN(limit.perCpuSecond())) {
            out.format(
                    "  limit       %.0f per CPU second: %s%n",
                    limit.perCpuSecond(), limit.formula());
        }
        if (!Double.isNaN(report.ratio())) {
            out.format("  ratio       %.2f of the limit%n", report.ratio());
        }
    }
}
