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

    /** A frame on its way to a peer was given up. */
    default void onGivenUp(Loss loss) {}

    /** Frames that a lost link may have lost go out again on another. */
    default void onSentAgain(int frames) {}

    /** Why a frame for a peer was given up. */
    enum Loss {
        /** Too much waits for this peer, or for all of them. */
        NO_ROOM,
        /** A piece of a file, where files have taken their part of the room. */
        FILE,
        /** No link came up in time. */
        EXPIRED
    }
}
