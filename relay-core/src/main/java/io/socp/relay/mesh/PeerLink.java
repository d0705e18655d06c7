package io.socp.relay.mesh;

import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.Immutable;

/**
 * One of perhaps several links to a peer. Immutable.
 *
 * @param proven whether the peer has signed something on it; until then it is a claim, and used
 *     only where there is no better one
 * @param isBound whether the link's TLS handshake has shown the peer's key too: then nobody repeats
 *     there what the peer has signed for another link
 * @param frames what proves frames on it: the link, where it is bound and both ends have said so
 */
@Immutable
public record PeerLink(
        LinkId link, Direction direction, boolean proven, boolean isBound, FrameProof frames) {

    public PeerLink {
        if (frames == FrameProof.LINK && !(proven && isBound)) {
            throw new IllegalArgumentException("what is not proven itself proves no frames");
        }
    }

    /** A link whose frames are proven by their signatures. */
    public PeerLink(LinkId link, Direction direction, boolean proven, boolean isBound) {
        this(link, direction, proven, isBound, FrameProof.SIGNATURE);
    }

    /** A link without TLS, or whose TLS shows no key. */
    public PeerLink(LinkId link, Direction direction, boolean proven) {
        this(link, direction, proven, false);
    }

    PeerLink shown() {
        return new PeerLink(link, direction, true, isBound, frames);
    }

    /** The lower the better: what is bound can be no one else's, a claim may be anyone's. */
    int rank() {
        if (proven) {
            return isBound ? 0 : 1;
        }
        return 2;
    }

    /** Who dialled. */
    public enum Direction {
        /** We did. */
        OUTBOUND,
        /** The peer did. */
        INBOUND
    }
}
