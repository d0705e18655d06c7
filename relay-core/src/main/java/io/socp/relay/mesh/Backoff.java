package io.socp.relay.mesh;

import io.socp.relay.ownership.Immutable;
import java.time.Duration;

/**
 * How long to wait before the next attempt: doubling from {@code initial} to {@code max}, the later
 * half of it drawn at random, so that relays which lost each other do not return in step.
 * Immutable.
 */
@Immutable
public record Backoff(Duration initial, Duration max) {

    public Backoff {
        if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
            throw new IllegalArgumentException("back-off from " + initial + " to " + max);
        }
    }

    /**
     * The wait before the next attempt.
     *
     * @param attempt failures so far, from 0
     * @param fraction a random number in [0, 1)
     */
    public long delayNs(int attempt, double fraction) {
        long ceilingNs = max.toNanos();
        long fullNs = initial.toNanos();
        for (int i = 0; i < attempt && fullNs < ceilingNs; i++) {
            fullNs *= 2;
        }
        fullNs = Math.min(fullNs, ceilingNs);
        return (long) (fullNs * (0.5 + fraction / 2));
    }
}
