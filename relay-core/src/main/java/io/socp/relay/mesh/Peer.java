package io.socp.relay.mesh;

import static io.socp.relay.mesh.PeerLink.Direction.INBOUND;
import static io.socp.relay.mesh.PeerLink.Direction.OUTBOUND;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.FrameProof;
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
 * <p>When two relays dial each other at once there are two links. Frames are read from every link,
 * so none is lost while one is given up.
 *
 * @param choice which of its links we send on
 * @param isPinned whether it has ever shown that it holds the key; until then nobody is held to it
 * @param signsGreetings whether it has ever signed a greeting: then it always does
 * @param frames what proves frames on its links; once it was the link, it is for ever
 * @param links oldest first; empty for a server that is known and not linked
 */
@Immutable
public record Peer(
        ServerId server,
        RsaPublicKey key,
        HostPort address,
        LinkChoice choice,
        boolean isPinned,
        boolean signsGreetings,
        FrameProof frames,
        List<PeerLink> links) {

    static Peer unknown(ServerId server, RsaPublicKey key, HostPort address, LinkChoice choice) {
        return new Peer(
                server, key, address, choice, false, false, FrameProof.SIGNATURE, List.of());
    }

    public Peer {
        links = List.copyOf(links);
    }

    /**
     * Of a server we know, a claim changes nothing but that there is one more link; nor does a
     * proven one change the choice among proven links that are up.
     */
    Peer joined(HostPort said, LinkChoice chosen, PeerLink link) {
        if (!link.proven()) {
            return with(link);
        }
        return at(said).greeting(isProven() ? choice : chosen, true).with(link);
    }

    Peer with(PeerLink link) {
        return with(Stream.concat(links.stream(), Stream.of(link)));
    }

    Peer without(LinkId link) {
        return with(links.stream().filter(l -> !l.link().equals(link)));
    }

    Peer proven(LinkId link) {
        return with(links.stream().map(l -> l.link().equals(link) ? l.shown() : l));
    }

    Peer at(HostPort newAddress) {
        return new Peer(server, key, newAddress, choice, isPinned, signsGreetings, frames, links);
    }

    Peer greeting(LinkChoice newChoice, boolean signed) {
        return new Peer(
                server, key, address, newChoice, isPinned, signsGreetings || signed, frames, links);
    }

    boolean hasProven(LinkId link) {
        return links.stream().anyMatch(l -> l.link().equals(link) && l.proven());
    }

    public boolean isProven() {
        return links.stream().anyMatch(PeerLink::proven);
    }

    List<LinkId> linksWithoutProof() {
        return links.stream()
                .filter(l -> l.frames() != FrameProof.LINK)
                .map(PeerLink::link)
                .toList();
    }

    boolean isLinked() {
        return !links.isEmpty();
    }

    /** The link to send on: one bound by TLS first, a claim only where no link is proven. */
    Optional<PeerLink> active(ServerId self) {
        return links.stream()
                .filter(l -> choice != LinkChoice.DIALLED_BY_US || l.direction() == OUTBOUND)
                .min(Comparator.comparingInt(PeerLink::rank).thenComparing(preference(self)));
    }

    /**
     * The link that takes users' frames: the active one, once the peer has signed something there.
     * A peer that never speaks on the links we dial vouches for them with a link of its own, on
     * which it has signed where it can be dialled: those that we dialled later count as proven.
     */
    Optional<ProvenLink> forUsers(ServerId self) {
        return active(self)
                .filter(l -> l.proven() || isVouchedFor(l))
                .map(l -> new ProvenLink(l.link()));
    }

    private boolean isVouchedFor(PeerLink dialled) {
        return choice == LinkChoice.DIALLED_BY_US
                && links.stream()
                        .anyMatch(l -> l.proven() && l.link().value() < dialled.link().value());
    }

    private Comparator<PeerLink> preference(ServerId self) {
        Direction preferred = self.compareTo(server) < 0 ? OUTBOUND : INBOUND;
        return switch (choice) {
            case AGREED ->
                    Comparator.<PeerLink>comparingInt(l -> l.direction() == preferred ? 0 : 1)
                            .thenComparingLong(Peer::age);
            case NEWEST, DIALLED_BY_US -> Comparator.comparingLong(l -> -l.link().value());
        };
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

    private Peer with(Stream<PeerLink> newLinks) {
        List<PeerLink> all = newLinks.toList();
        boolean isShown = isPinned || all.stream().anyMatch(PeerLink::proven);
        boolean isAuthenticated =
                frames == FrameProof.LINK
                        || all.stream().anyMatch(l -> l.frames() == FrameProof.LINK);
        return new Peer(
                server,
                key,
                address,
                choice,
                isShown,
                signsGreetings,
                isAuthenticated ? FrameProof.LINK : FrameProof.SIGNATURE,
                all);
    }
}
