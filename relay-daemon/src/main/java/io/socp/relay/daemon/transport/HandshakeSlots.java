package io.socp.relay.daemon.transport;

import io.socp.relay.ownership.ThreadSafe;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * How many TLS handshakes may be under way; who comes when there is no room waits for its turn.
 * Thread-safe: guarded by itself, and no turn is run under the lock.
 *
 * <p>Those who wait are bounded by the cap on connections, and each by its own time to say hello.
 */
@ThreadSafe
final class HandshakeSlots {

    private final int slotsMax;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int taken;

    HandshakeSlots(int slotsMax) {
        this.slotsMax = slotsMax;
    }

    /** Runs {@code turn} now, or on the thread that gives back a slot. Each turn gives back one. */
    void take(Runnable turn) {
        synchronized (this) {
            if (taken == slotsMax) {
                waiting.add(turn);
                return;
            }
            taken++;
        }
        turn.run();
    }

    /** A handshake is over. */
    void release() {
        @Nullable Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                taken--;
            }
        }
        if (next != null) {
            next.run();
        }
    }
}
