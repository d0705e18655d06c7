package io.socp.relay.daemon.link;

import io.socp.relay.daemon.link.Link.FrameFate;
import io.socp.relay.verify.LinkIdentity;

/** The handler that leads a link at this time; called on the link's loop. */
interface LinkPhase {

    /** The other end is known now. */
    void onIdentified(LinkIdentity identity);

    /** The inbox has dealt with one frame. */
    void onFrameDone(FrameFate fate);

    /** The link shall be closed, behind all that was read from it. */
    void onPart(Runnable close);
}
