package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;
import java.util.Map;

/**
 * What one workload has measured. Immutable, but for the histogram in it, which nobody writes.
 *
 * @param counts messages and what became of them; in {@code connect} and {@code idle}, hellos
 */
@Immutable
public record LoadResult(
        String workload,
        LoadOptions options,
        CorpusSpec corpus,
        Counts counts,
        Usage usage,
        TlsReport tls) {

    /** Whether links were held, rather than messages sent. */
    boolean isIdle() {
        return workload.equals("idle");
    }

    /** NaN where nothing was sent. */
    public double perSecond() {
        return isIdle() ? Double.NaN : counts.measured() / usage.seconds();
    }

    /** NaN when no process is known. */
    public double perRelayCpuSecond() {
        return isIdle() ? Double.NaN : counts.measured() / usage.relayCpuSeconds();
    }

    public long messages() {
        return counts.measured();
    }

    public long sent() {
        return counts.sent();
    }

    public long received() {
        return counts.received();
    }

    public long lost() {
        return counts.lost();
    }

    public long duplicated() {
        return counts.duplicated();
    }

    public Map<String, Long> errors() {
        return counts.errors();
    }

    /** Growth of the relays' resident memory for each link, in bytes; NaN when not known. */
    public double rssPerLink() {
        return usage.rssBefore() == 0
                ? Double.NaN
                : (usage.rssAfter() - usage.rssBefore()) / (double) counts.received();
    }
}
