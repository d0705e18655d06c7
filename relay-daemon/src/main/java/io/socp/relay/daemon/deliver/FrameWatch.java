package io.socp.relay.daemon.deliver;

import io.socp.relay.engine.Outcome.Verdict;

/** Is told of every frame that was dealt with: the seam for metrics. Thread-safe. */
public interface FrameWatch {

    /**
     * One frame is done.
     *
     * @param type the frame's type as it stands in the envelope; empty when it was no envelope
     */
    void onFrame(String type, Verdict verdict);
}
