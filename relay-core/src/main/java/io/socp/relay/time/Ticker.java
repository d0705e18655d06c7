package io.socp.relay.time;

/** Source of the time: the system clocks in the daemon, a virtual clock in tests. */
@FunctionalInterface
public interface Ticker {

    /** Reads both clocks. */
    Moment now();
}
