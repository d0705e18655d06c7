package io.socp.relay.daemon.ops;

import io.socp.relay.ownership.ThreadSafe;

/** Whether the relay wants more work, for load balancers. Thread-safe. */
@ThreadSafe
public final class Readiness {

    private volatile State state = State.STARTING;

    /** In the order in which a relay goes through them. */
    public enum State {
        /** Its ports are not open yet. */
        STARTING,
        /** It accepts users and servers. */
        READY,
        /** It is about to stop: nobody new is wanted. */
        DRAINING
    }

    public State state() {
        return state;
    }

    /** It never goes back. */
    public synchronized void enter(State next) {
        if (next.compareTo(state) > 0) {
            state = next;
        }
    }
}
