package io.socp.relay.time;

import io.socp.relay.ownership.Immutable;
import java.time.Duration;

/**
 * One reading of both clocks, taken together. Immutable.
 *
 * @param ns monotonic nanoseconds from an arbitrary origin; only differences mean anything
 * @param epochMs milliseconds since 1970-01-01 UTC, which may jump in either direction
 */
@Immutable
public record Moment(long ns, long epochMs) {

    /** The monotonic time at which {@code delay} will have passed, in nanoseconds. */
    public long nsAfter(Duration delay) {
        return ns + delay.toNanos();
    }
}
