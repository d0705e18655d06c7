package io.socp.relay.mesh;

import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.Immutable;

/**
 * One of perhaps several links to a peer. Immutable.
 *
 * @param proven whether the peer has signed something on it; until then it is a claim, and used
 *     only where there is no better one
 * @param isBound whether the link's TLS handshake has shown the peer's key too: then nobody repeats
 *     there what the peer has signed for another link
 */
@Immutable
public record PeerLink(LinkId link, Direction direction, boolean proven, boolean isBound) {

    /** A link without TLS, or whose TLS shows no key. */
    public PeerLink(LinkId link, Direction direction, boolean proven) {
        this(link, direction, proven, false);
    }

    PeerLink shown() {
        return new PeerLink(link, direction, true, isBound);
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
