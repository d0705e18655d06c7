package io.socp.relay.limit;

import io.socp.relay.ownership.ThreadSafe;
import java.util.concurrent.atomic.AtomicLong;

/** What was used of a {@link Rate} that several threads share. Thread-safe: one atomic field. */
@ThreadSafe
final class Bucket {

    private final AtomicLong fullAtNs;

    Bucket(long nowNs) {
        this.fullAtNs = new AtomicLong(nowNs);
    }

    /** Takes so many if there are so many, else none. */
    boolean tryTake(Rate rate, int count, long nowNs) {
        while (true) {
            long fullNs = fullAtNs.get();
            long nextNs = rate.take(fullNs, count, nowNs);
            if (nextNs == Rate.NOT_ENOUGH) {
                return false;
            }
            if (fullAtNs.compareAndSet(fullNs, nextNs)) {
                return true;
            }
        }
    }
}
