package io.socp.relay.daemon.ops;

import io.netty.util.concurrent.EventExecutor;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Whether the event loops still run: each leaves a mark every second. Thread-safe. */
@ThreadSafe
public final class LoopPulse {

    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration DEAD_AFTER = Duration.ofSeconds(10);

    private final Ticker ticker;
    private final Map<EventExecutor, Long> lastBeatNs = new ConcurrentHashMap<>();
    private final Map<EventExecutor, Long> lastDelayNs = new ConcurrentHashMap<>();

    public LoopPulse(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Watches these loops from now on. */
    public void watch(Iterable<EventExecutor> loops) {
        for (EventExecutor loop : loops) {
            lastBeatNs.put(loop, ticker.now().ns());
            var beats =
                    loop.scheduleAtFixedRate(
                            () -> beat(loop),
                            BEAT.toMillis(),
                            BEAT.toMillis(),
                            TimeUnit.MILLISECONDS);
            loop.terminationFuture().addListener(_ -> beats.cancel(false));
        }
    }

    /** The loop leaves its mark; on the loop. */
    void beat(EventExecutor loop) {
        long nowNs = ticker.now().ns();
        Long last = lastBeatNs.put(loop, nowNs);
        if (last != null) {
            lastDelayNs.put(loop, Math.max(0, nowNs - last - BEAT.toNanos()));
        }
    }

    /** By how much the last beat came too late where it came latest: what tasks had to wait for. */
    long worstDelayNs() {
        return lastDelayNs.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Whether every loop has left its mark lately. */
    boolean isAlive() {
        return oldestBeatNs() < DEAD_AFTER.toNanos();
    }

    /** How long ago the loop that is furthest behind left its mark. */
    long oldestBeatNs() {
        long nowNs = ticker.now().ns();
        return lastBeatNs.values().stream().mapToLong(beat -> nowNs - beat).max().orElse(0);
    }
}
