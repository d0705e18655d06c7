package io.socp.relay.daemon.log;

import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many lines of a kind are written: {@link #BURST} at once, then one each {@link #INTERVAL}.
 * The others are counted, and told of by one line now and then. Thread-safe.
 *
 * <p>Whoever connects can have lines written, over and over; a disc must not be full of them, and
 * what matters must not drown. A kind is a logger's sentence, without what stands in its places.
 */
@ThreadSafe
final class BurstLimit {

    /** Lines of a kind before any is left out. */
    static final int BURST = 1_000;

    /** After these, one line of a kind in so much time. */
    static final Duration INTERVAL = Duration.ofMillis(100);

    /** How often it is said how many were left out. */
    static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    /** Kinds told apart; sentences are constants of the program, and it has fewer. */
    static final int KINDS_MAX = 1_024;

    private static final Kind REST = new Kind("io.socp.relay", "WARN", "of other kinds");

    private final Map<Kind, Bucket> buckets = new ConcurrentHashMap<>();
    private final AtomicLong left = new AtomicLong();
    private final AtomicLong reportedMs = new AtomicLong();

    /** Lines that differ only in what is put into the sentence. */
    record Kind(String logger, String level, String sentence) {}

    /** So many lines of a kind were left out since it was last said. */
    record LeftOut(Kind kind, long lines) {}

    /** Whether this line is written. */
    boolean admits(Kind kind, long nowMs) {
        boolean isTooMany = buckets.size() >= KINDS_MAX && !buckets.containsKey(kind);
        boolean isAdmitted =
                buckets.computeIfAbsent(isTooMany ? REST : kind, _ -> new Bucket(nowMs))
                        .tryTake(nowMs);
        if (!isAdmitted && left.getAndIncrement() == 0) {
            reportedMs.set(nowMs);
        }
        return isAdmitted;
    }

    /** What was left out, if it is time to say so; each line is told of once. */
    List<LeftOut> due(long nowMs) {
        long lastMs = reportedMs.get();
        boolean isDue = left.get() > 0 && Math.abs(nowMs - lastMs) >= REPORT_INTERVAL.toMillis();
        return isDue && reportedMs.compareAndSet(lastMs, nowMs) ? takeLeftOut() : List.of();
    }

    private List<LeftOut> takeLeftOut() {
        List<LeftOut> all = new ArrayList<>();
        buckets.forEach((kind, bucket) -> {
            long lines = bucket.takeLeftOut();
            if (lines > 0) {
                left.addAndGet(-lines);
                all.add(new LeftOut(kind, lines));
            }
        });
        return all;
    }

    /**
     * By the time of day, which may be set back: then nothing is added, and it goes on from there.
     */
    private static final class Bucket {

        private long lastMs;
        private double tokens = BURST;
        private long leftOut;

        Bucket(long nowMs) {
            this.lastMs = nowMs;
        }

        synchronized boolean tryTake(long nowMs) {
            double earned = Math.max(0, nowMs - lastMs) / (double) INTERVAL.toMillis();
            tokens = Math.min(BURST, tokens + earned);
            lastMs = nowMs;
            if (tokens < 1) {
                leftOut++;
                return false;
            }
            tokens--;
            return true;
        }

        synchronized long takeLeftOut() {
            long taken = leftOut;
            leftOut = 0;
            return taken;
        }
    }
}
