package io.socp.relay.mesh;

import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.Immutable;

/**
 * A link that users' frames may be written to: its other end has shown that it is the peer.
 * Immutable; made by {@link Peer} alone, so that nobody takes a claim for one.
 */
@Immutable
public final class ProvenLink {

    private final LinkId link;

    ProvenLink(LinkId link) {
        this.link = link;
    }

    public LinkId link() {
        return link;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProvenLink proven && proven.link.equals(link);
    }

    @Override
    public int hashCode() {
        return link.hashCode();
    }

    @Override
    public String toString() {
        return "proven " + link;
    }
}
