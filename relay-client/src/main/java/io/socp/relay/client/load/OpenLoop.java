package io.socp.relay.client.load;

import io.socp.relay.ownership.EventLoopConfined;
import java.util.function.LongPredicate;

/**
 * Says when the next message of an open loop is due: at a fixed rate, whatever the relay does.
 * Event-loop confined.
 *
 * <p>A message that cannot be sent in time keeps its due time, and latency counts from there: so a
 * relay that stalls pays for all that should have been sent meanwhile (no coordinated omission).
 */
@EventLoopConfined
final class OpenLoop {

    /** So that a generator that fell behind still hears what comes back. */
    static final int BURST_MAX = 256;

    private static final double SECOND_NS = 1e9;

    private final double perSecond;
    private final long startNs;
    private long sent;

    OpenLoop(double perSecond, long startNs) {
        this.perSecond = perSecond;
        this.startNs = startNs;
    }

    /** Sends what is due; returns how long until the next is, at least 0. */
    long advance(long nowNs, LongPredicate send) {
        for (int i = 0; i < BURST_MAX; i++) {
            long dueNs = dueNs();
            if (dueNs - nowNs > 0) {
                return dueNs - nowNs;
            }
            if (!send.test(dueNs)) {
                return BLOCKED_NS;
            }
            sent++;
        }
        return 0;
    }

    /** When to try again what nobody could take. */
    static final long BLOCKED_NS = 500_000;

    private long dueNs() {
        return startNs + (long) (sent * SECOND_NS / perSecond);
    }
}
