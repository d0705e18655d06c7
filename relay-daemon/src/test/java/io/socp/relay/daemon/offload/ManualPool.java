package io.socp.relay.daemon.offload;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** A pool without threads: jobs are done when the test says so. */
public final class ManualPool {

    private final Queue<Lane> waiting = new ArrayDeque<>();

    public Lane lane(Executor owner) {
        return new Lane(owner, waiting::add);
    }

    /** Does one job; false when there is none. */
    public boolean runOne() {
        Lane next = waiting.poll();
        if (next == null) {
            return false;
        }
        next.run(1);
        next.handOver();
        return true;
    }
}
