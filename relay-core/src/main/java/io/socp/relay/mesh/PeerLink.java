package io.socp.relay.mesh;

import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.Immutable;

/** One of perhaps several links to a peer. Immutable. */
@Immutable
public record PeerLink(LinkId link, Direction direction) {

    /** Who dialled. */
    public enum Direction {
        /** We did. */
        OUTBOUND,
        /** The peer did. */
        INBOUND
    }
}
