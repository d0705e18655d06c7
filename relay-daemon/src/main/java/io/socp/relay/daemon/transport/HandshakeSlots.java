package io.socp.relay.daemon.transport;

import io.socp.relay.ownership.ThreadSafe;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
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
    private final Set<Runnable> waiting = new LinkedHashSet<>();
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

    /** Who waits for this turn has gone; nothing happens where it has had it. */
    synchronized void leave(Runnable turn) {
        waiting.remove(turn);
    }

    /** How many wait. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** A handshake is over. */
    void release() {
        @Nullable Runnable next;
        synchronized (this) {
            Iterator<Runnable> oldest = waiting.iterator();
            if (oldest.hasNext()) {
                next = oldest.next();
                oldest.remove();
            } else {
                next = null;
                taken--;
            }
        }
        if (next != null) {
            next.run();
        }
    }
}
