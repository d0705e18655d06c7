package io.socp.relay.verify;

import io.socp.relay.ownership.Immutable;
import io.socp.relay.time.Moment;
import java.time.Duration;

/**
 * How far a frame's {@code ts} may lie from now, either way. Immutable.
 *
 * <p>The memory of what was seen must outlast twice this window, or a frame could be replayed after
 * it was forgotten and still be fresh (checked where both are put together).
 */
@Immutable
public record FreshnessWindow(Duration skewMax) {

    public FreshnessWindow {
        if (skewMax.isNegative() || skewMax.isZero()) {
            throw new IllegalArgumentException("freshness window must be positive: " + skewMax);
        }
    }

    /** Whether {@code tsMs} lies within the window, both ends included. */
    public boolean contains(long tsMs, Moment now) {
        return Math.abs(tsMs - now.epochMs()) <= skewMax.toMillis();
    }

    /** Says how far off a stale frame is. */
    String describe(long tsMs, Moment now) {
        long offSeconds = (tsMs - now.epochMs()) / 1_000;
        return "ts is "
                + Math.abs(offSeconds)
                + " s "
                + (offSeconds < 0 ? "behind" : "ahead of")
                + " this server's clock; at most "
                + skewMax.toSeconds()
                + " s are accepted";
    }
}
