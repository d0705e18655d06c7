package io.socp.relay.daemon.deliver;

import io.socp.relay.identity.LinkId;
import io.socp.relay.mesh.LinkChoice;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.mesh.ProvenLink;
import io.socp.relay.testing.Actors;
import org.jspecify.annotations.Nullable;

/** A link on which B has shown who it is, made as the tables make it. */
final class Proven {

    private Proven() {}

    /** This link; null for none. */
    static @Nullable ProvenLink link(@Nullable LinkId link) {
        if (link == null) {
            return null;
        }
        PeerTable peers = new PeerTable(Actors.A.id());
        peers.join(
                Actors.B.id(),
                Actors.B.key(),
                Actors.B.address(),
                new PeerLink(link, PeerLink.Direction.INBOUND, true),
                LinkChoice.NEWEST);
        return peers.provenLinkTo(Actors.B.id());
    }
}
