package io.socp.relay.client;

import io.socp.relay.time.Ticker;

/**
 * Stamps what one client sends. Confined to the client's queue.
 *
 * <p>Strictly increasing even when the clock stands still or goes back: relays take two frames with
 * one {@code ts} and the same content for one (SOCP §11).
 */
final class SendClock {

    private final Ticker ticker;
    private long lastMs;

    SendClock(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Unix ms. */
    long nextMs() {
        lastMs = Math.max(ticker.now().epochMs(), lastMs + 1);
        return lastMs;
    }
}
