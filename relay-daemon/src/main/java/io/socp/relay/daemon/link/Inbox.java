package io.socp.relay.daemon.link;

import io.socp.relay.envelope.Decoding;

/** Takes what comes on one link; called on the link's loop. */
public interface Inbox {

    /** One frame was read. */
    void onFrame(Decoding decoding);

    /** The other end lives. */
    void onSignOfLife();

    /** The link said nothing usable within the time for the first frame. */
    void onSilence(String detail);

    /** Frames taken and not yet dealt with; a long one counts as several. */
    int inFlight();

    /** The other end has said goodbye; the link closes once all before is dealt with. */
    void onFarewell();

    /** We part with the other end: closes the link once all before is dealt with. */
    default void onPart(Runnable close) {
        close.run();
    }

    /** The link is closed. What was read from it still counts; nothing can be written to it. */
    void onClosed();
}
