package io.socp.relay.limit;

import io.socp.relay.ownership.ThreadSafe;

/**
 * What one address has used of its limits, for all its connections together. Thread-safe: atomic
 * fields, and a count that {@link AddressAccounts} guards.
 */
@ThreadSafe
public final class AddressAccount {

    private final AddressKey address;
    private final Bucket accepts;
    private final Bucket frames;
    private final Bucket failures;

    /** Guarded by the entry of the map that holds this. */
    private int connections;

    AddressAccount(AddressKey address, long nowNs) {
        this.address = address;
        this.accepts = new Bucket(nowNs);
        this.frames = new Bucket(nowNs);
        this.failures = new Bucket(nowNs);
    }

    public AddressKey address() {
        return address;
    }

    /** Takes room for so many frames, if there is so much. */
    public boolean tryFrames(Rate rate, int count, long nowNs) {
        return frames.tryTake(rate, count, nowNs);
    }

    /** A frame's signature did not hold; whether that is still within the address's budget. */
    public boolean tryFailure(Rate rate, long nowNs) {
        return failures.tryTake(rate, 1, nowNs);
    }

    boolean tryAccept(Rate rate, long nowNs) {
        return accepts.tryTake(rate, 1, nowNs);
    }

    int connections() {
        return connections;
    }

    void onConnections(int change) {
        connections += change;
    }
}
