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

    /** A user's frame was on its way through this relay for so long, one of some that are timed. */
    default void onRelayed(Destination to, long durationNs) {}

    /** A peer's news came so long after it was written, by its writer's clock and ours. */
    default void onGossip(long lagMs) {}

    /** A frame could not be handed over since its recipient was just leaving. */
    default void onLeft() {}

    /** Whom a user's frame leaves this relay for. */
    enum Destination {
        /** A user here. */
        USER,
        /** Another server. */
        PEER
    }

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
