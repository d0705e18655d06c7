package io.socp.relay.limit;

import io.socp.relay.ownership.ThreadSafe;

/**
 * The limits that hold now: the one place where they can be replaced. Thread-safe: one volatile
 * field; what was counted so far goes on under the new ones.
 */
@ThreadSafe
public final class Limits {

    private volatile LimitOptions now;

    public Limits(LimitOptions first) {
        this.now = first;
    }

    /** Those that hold now; ask again for each decision. */
    public LimitOptions now() {
        return now;
    }

    /** These hold from now on, for those who are connected too. */
    public void replace(LimitOptions next) {
        now = next;
    }
}
