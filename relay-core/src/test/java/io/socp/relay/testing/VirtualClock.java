package io.socp.relay.testing;

import io.socp.relay.time.Moment;
import io.socp.relay.time.Ticker;
import java.util.concurrent.TimeUnit;

/** A clock that moves only when told. Thread-safe: guarded by itself. */
public final class VirtualClock implements Ticker {

    /** Where every clock starts unless told otherwise: the time in the standard's examples. */
    public static final long START_EPOCH_MS = 1_700_000_000_000L;

    private Moment now;

    public VirtualClock() {
        this(START_EPOCH_MS);
    }

    public VirtualClock(long epochMs) {
        now = new Moment(0, epochMs);
    }

    @Override
    public synchronized Moment now() {
        return now;
    }

    /** Moves both clocks forward. */
    public synchronized Moment advanceMs(long ms) {
        return advanceNs(TimeUnit.MILLISECONDS.toNanos(ms), ms);
    }

    /** Moves the monotonic clock forward, and the wall clock by the whole milliseconds in it. */
    public synchronized Moment advanceNs(long ns) {
        return advanceNs(ns, TimeUnit.NANOSECONDS.toMillis(ns));
    }

    /** Sets both clocks. */
    public synchronized void set(Moment moment) {
        now = moment;
    }

    /** Makes the wall clock jump, in either direction; the monotonic one stays. */
    public synchronized void setEpochMs(long epochMs) {
        now = new Moment(now.ns(), epochMs);
    }

    private Moment advanceNs(long ns, long ms) {
        now = new Moment(Math.addExact(now.ns(), ns), Math.addExact(now.epochMs(), ms));
        return now;
    }
}
