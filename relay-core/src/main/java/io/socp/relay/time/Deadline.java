package io.socp.relay.time;

import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;

/**
 * When something of several steps must be over: what one takes, the others lack. Thread-safe as its
 * ticker is.
 *
 * @param ns monotonic, as in {@link Moment}
 */
@ThreadSafe
public record Deadline(Ticker ticker, long ns) {

    /** So much from now on. */
    public static Deadline in(Duration span, Ticker ticker) {
        return new Deadline(ticker, ticker.now().nsAfter(span));
    }

    /** The same, or so much from now on where that is later. */
    public Deadline atLeast(Duration span) {
        Deadline other = in(span, ticker);
        return other.ns - ns > 0 ? other : this;
    }

    /** So much earlier. */
    public Deadline before(Duration span) {
        return new Deadline(ticker, ns - span.toNanos());
    }

    public boolean isOver() {
        return ticker.now().ns() - ns >= 0;
    }

    /** Milliseconds until then, never less than none. */
    public long leftMs() {
        return Math.max(0, Duration.ofNanos(ns - ticker.now().ns()).toMillis());
    }
}
