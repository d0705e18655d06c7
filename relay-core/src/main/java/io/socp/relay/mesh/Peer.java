package io.socp.relay.mesh;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.PeerLink.Direction;
import io.socp.relay.ownership.Immutable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Another server: its pinned key, where it says it can be dialled, and its links. Immutable.
 *
 * <p>When two relays dial each other at once there are two links. Both ends must send on the same
 * one, so the rule uses only what both know: the link dialled by the server with the lower id is
 * the preferred one. Frames are read from every link, so none is lost while one is given up.
 *
 * @param links oldest first; empty for a server that is known and not linked
 */
@Immutable
public record Peer(ServerId server, RsaPublicKey key, HostPort address, List<PeerLink> links) {

    public Peer {
        links = List.copyOf(links);
    }

    Peer with(PeerLink link) {
        return new Peer(
                server, key, address, Stream.concat(links.stream(), Stream.of(link)).toList());
    }

    Peer without(LinkId link) {
        return new Peer(
                server, key, address, links.stream().filter(l -> !l.link().equals(link)).toList());
    }

    Peer at(HostPort newAddress) {
        return new Peer(server, key, newAddress, links);
    }

    boolean isLinked() {
        return !links.isEmpty();
    }

    /** The link to send on. */
    Optional<PeerLink> active(ServerId self) {
        Direction preferred = self.compareTo(server) < 0 ? Direction.OUTBOUND : Direction.INBOUND;
        return links.stream()
                .min(
                        Comparator.<PeerLink>comparingInt(l -> l.direction() == preferred ? 0 : 1)
                                .thenComparingLong(Peer::age));
    }

    /**
     * Of several links we dialled the oldest counts, of several the peer dialled the newest: a peer
     * that dials again has lost the old one, even if we have not noticed.
     */
    private static long age(PeerLink link) {
        return switch (link.direction()) {
            case OUTBOUND -> link.link().value();
            case INBOUND -> -link.link().value();
        };
    }
}
