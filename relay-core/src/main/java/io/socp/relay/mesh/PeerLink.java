package io.socp.relay.mesh;

import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.Immutable;

/**
 * One of perhaps several links to a peer. Immutable.
 *
 * @param proven whether the peer has signed something on it; until then it is a claim, and used
 *     only where there is no better one
 */
@Immutable
public record PeerLink(LinkId link, Direction direction, boolean proven) {

    /** Who dialled. */
    public enum Direction {
        /** We did. */
        OUTBOUND,
        /** The peer did. */
        INBOUND
    }
}
