package io.socp.relay.limit;

import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket: {@code burst} at once, then one each {@code interval}. Thread-safe: one atomic
 * field.
 *
 * <p>The field holds the time at which the bucket would be full again (generic cell rate
 * algorithm), so nothing needs to run while nobody asks.
 */
@ThreadSafe
public final class RateLimiter {

    private final long intervalNs;
    private final long burstNs;
    private final AtomicLong fullAtNs;

    public RateLimiter(int burst, Duration interval, long nowNs) {
        this.intervalNs = interval.toNanos();
        this.burstNs = Math.multiplyExact(intervalNs, burst);
        this.fullAtNs = new AtomicLong(nowNs);
    }

    /** Takes one token if there is one. */
    public boolean tryTake(long nowNs) {
        return tryTake(1, nowNs);
    }

    /** Takes so many tokens if there are so many, else none. */
    public boolean tryTake(int tokens, long nowNs) {
        while (true) {
            long fullNs = fullAtNs.get();
            long fromNs = fullNs - nowNs > 0 ? fullNs : nowNs;
            long nextNs = fromNs + tokens * intervalNs;
            if (nextNs - nowNs > burstNs) {
                return false;
            }
            if (fullAtNs.compareAndSet(fullNs, nextNs)) {
                return true;
            }
        }
    }
}
