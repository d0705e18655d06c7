package io.socp.relay.daemon;

import io.socp.relay.time.Moment;
import io.socp.relay.time.Ticker;

/** The machine's clocks. Thread-safe. */
final class SystemTicker implements Ticker {

    @Override
    public Moment now() {
        return new Moment(System.nanoTime(), System.currentTimeMillis());
    }
}
