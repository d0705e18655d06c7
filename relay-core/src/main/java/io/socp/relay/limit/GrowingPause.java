package io.socp.relay.limit;

import io.socp.relay.ownership.EventLoopConfined;
import java.time.Duration;

/**
 * The pause after something that costs the more the oftener it is done: short where it is rare, and
 * twice as long each time while there is more to do when it ends. Event-loop confined.
 */
@EventLoopConfined
public final class GrowingPause {

    private final long firstNs;
    private final long maxNs;
    private long nextNs;
    private long endNs;

    /**
     * A pause that is over.
     *
     * @param first how long it is after a quiet time
     * @param max how long it becomes at most
     */
    public GrowingPause(Duration first, Duration max, long nowNs) {
        this.firstNs = first.toNanos();
        this.maxNs = max.toNanos();
        this.nextNs = firstNs;
        this.endNs = nowNs;
    }

    /** Whether it is over. */
    public boolean isOver(long nowNs) {
        return nowNs - endNs >= 0;
    }

    /**
     * Begins the next one, if there was something to do.
     *
     * @param hadWork whether there was; if not, the next time counts as the first again
     */
    public void begin(long nowNs, boolean hadWork) {
        if (hadWork) {
            endNs = nowNs + nextNs;
            nextNs = Math.min(2 * nextNs, maxNs);
        } else {
            nextNs = firstNs;
        }
    }
}
