package io.socp.relay.mesh;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The servers we know and the links to them ({@code servers}, {@code server_addrs}). Thread-safe
 * for readers; written by the mesh loop alone.
 *
 * <p>A key is pinned to its id when its holder first shows that it holds it, and never replaced.
 * One that is only claimed counts for the claim's own links, and is forgotten with them. Bounded by
 * {@link #PEERS_MAX}.
 */
@ThreadSafe
public final class PeerTable {

    /** Servers known at once. */
    public static final int PEERS_MAX = 1_024;

    private final ServerId self;
    private final Map<ServerId, Peer> byServer = new ConcurrentHashMap<>();
    private final Map<ServerId, LinkId> activeLinks = new ConcurrentHashMap<>();
    private final Map<ServerId, ProvenLink> provenLinks = new ConcurrentHashMap<>();

    /** Lost a moment ago: known ones of which no proven link is left, but perhaps a claim. */
    private final Set<ServerId> awaited = ConcurrentHashMap.newKeySet();

    /** Mesh loop only. */
    private final Map<LinkId, ServerId> serverByLink = new HashMap<>();

    /** Mesh loop only. */
    private long version;

    /** Whether a server may have a link. */
    public enum Entry {
        /** It may. */
        OPEN,
        /** The id belongs to another key. */
        WRONG_KEY,
        /** Links that have shown nothing say that the id belongs to another key. */
        CLAIMED,
        /** No room for another server. */
        FULL
    }

    /** What a new link meant. */
    public enum Joining {
        /** The peer was not linked before. */
        CAME_UP,
        /** The peer has a further link. */
        EXTRA_LINK
    }

    /** What a closed link meant. */
    public enum Leaving {
        /** It was the peer's last. */
        WENT_DOWN,
        /** Another link to the peer remains. */
        STILL_UP,
        /** It was no peer's link. */
        NOT_A_PEER
    }

    public PeerTable(ServerId self) {
        this.self = self;
    }

    /** The link to send to {@code server} on, or null when none is up. */
    public @Nullable LinkId linkTo(ServerId server) {
        return activeLinks.get(server);
    }

    /** The link for users' frames to {@code server}, or null: never one that is only claimed. */
    public @Nullable ProvenLink provenLinkTo(ServerId server) {
        return provenLinks.get(server);
    }

    /** One link to each linked peer; a live view. */
    public Collection<LinkId> activeLinks() {
        return activeLinks.values();
    }

    /** The servers linked; a live view. */
    public Collection<ServerId> active() {
        return activeLinks.keySet();
    }

    /** Whether the server is linked, or lost so lately that its users are still counted on. */
    public boolean isInReach(ServerId server) {
        return activeLinks.containsKey(server) || awaited.contains(server);
    }

    /** Whether the server was lost so lately that it is waited for, whoever claims to be it. */
    public boolean isAwaited(ServerId server) {
        return awaited.contains(server);
    }

    /** The servers in reach; a snapshot, in no order. */
    public Collection<ServerId> inReach() {
        if (awaited.isEmpty()) {
            return activeLinks.keySet();
        }
        Set<ServerId> all = new HashSet<>(activeLinks.keySet());
        all.addAll(awaited);
        return all;
    }

    /** The time in which a lost server may come back is over; mesh loop only. */
    public void stopAwaiting(ServerId server) {
        awaited.remove(server);
        version++;
    }

    /** Another number whenever anything has changed; mesh loop only. */
    public long version() {
        return version;
    }

    /** The key pinned to {@code server}, or null. */
    public @Nullable RsaPublicKey keyOf(ServerId server) {
        Peer peer = byServer.get(server);
        return peer != null && peer.isPinned() ? peer.key() : null;
    }

    /** The key under which the server's links are, pinned or only claimed; mesh loop only. */
    public @Nullable RsaPublicKey keyOnLinks(ServerId server) {
        Peer peer = byServer.get(server);
        return peer == null ? null : peer.key();
    }

    /** Peers with at least one link. */
    public List<Peer> linked() {
        return byServer.values().stream().filter(Peer::isLinked).toList();
    }

    /** Peers that are written to and have proven who they are. */
    public List<Peer> proven() {
        return byServer.values().stream()
                .filter(peer -> activeLinks.containsKey(peer.server()))
                .filter(Peer::isProven)
                .toList();
    }

    /** Servers that are linked, as they say, and of which nothing is proven. */
    public int claims() {
        return (int)
                byServer.values().stream()
                        .filter(peer -> peer.isLinked() && !peer.isProven())
                        .count();
    }

    /** Whose link this is; mesh loop only. */
    public @Nullable ServerId serverOf(LinkId link) {
        return serverByLink.get(link);
    }

    /**
     * Every link to whose other end a sign of life means something: with peers that know no rule of
     * choice, the active one alone; mesh loop only.
     */
    public Collection<LinkId> writableLinks() {
        return serverByLink.entrySet().stream()
                .filter(e ->
                        choiceOf(e.getValue()) == LinkChoice.AGREED
                                || e.getKey().equals(activeLinks.get(e.getValue())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private @Nullable LinkChoice choiceOf(ServerId server) {
        Peer peer = byServer.get(server);
        return peer == null ? null : peer.choice();
    }

    /** Whether the server may {@link #join} with this key; mesh loop only. */
    public Entry entryFor(ServerId server, RsaPublicKey key) {
        Peer known = byServer.get(server);
        if (known == null) {
            return byServer.size() < PEERS_MAX || forgettable().isPresent()
                    ? Entry.OPEN
                    : Entry.FULL;
        }
        if (known.key().equals(key)) {
            return Entry.OPEN;
        }
        return known.isPinned() ? Entry.WRONG_KEY : Entry.CLAIMED;
    }

    /** Where the server says it can be dialled. */
    public Optional<HostPort> addressOf(ServerId server) {
        return Optional.ofNullable(byServer.get(server)).map(Peer::address);
    }

    /** The links to {@code server}, oldest first; mesh loop only. */
    public List<LinkId> linksOf(ServerId server) {
        Peer peer = byServer.get(server);
        return peer == null ? List.of() : peer.links().stream().map(PeerLink::link).toList();
    }

    /** What proves frames on the server's links: once it was a link, no other is one of its. */
    public FrameProof framesOf(ServerId server) {
        Peer peer = byServer.get(server);
        return peer == null ? FrameProof.SIGNATURE : peer.frames();
    }

    /** The server's links that do not prove their frames; mesh loop only. */
    public List<LinkId> linksWithoutProof(ServerId server) {
        Peer peer = byServer.get(server);
        return peer == null ? List.of() : peer.linksWithoutProof();
    }

    /** Whether the server is known to sign its greetings; mesh loop only. */
    public boolean signsGreetings(ServerId server) {
        Peer peer = byServer.get(server);
        return peer != null && peer.signsGreetings();
    }

    /**
     * A server has shown itself on a link, which any thread may send on from now; mesh loop only.
     */
    public Joining join(
            ServerId server, RsaPublicKey key, HostPort address, PeerLink link, LinkChoice choice) {
        if (entryFor(server, key) != Entry.OPEN || serverByLink.containsKey(link.link())) {
            throw new IllegalStateException("server " + server + " may not join on " + link);
        }
        if (!byServer.containsKey(server) && byServer.size() >= PEERS_MAX) {
            forgettable().map(Peer::server).ifPresent(this::forget);
        }
        Peer known = byServer.getOrDefault(server, Peer.unknown(server, key, address, choice));
        serverByLink.put(link.link(), server);
        publish(known.joined(address, choice, link));
        if (link.proven()) {
            awaited.remove(server);
        }
        return known.isLinked() ? Joining.EXTRA_LINK : Joining.CAME_UP;
    }

    /**
     * The peer has signed something on its link; mesh loop only.
     *
     * @return whether that is news
     */
    public boolean prove(LinkId link) {
        ServerId server = serverByLink.get(link);
        Peer peer = server == null ? null : byServer.get(server);
        if (peer == null || peer.hasProven(link)) {
            return false;
        }
        publish(peer.proven(link));
        awaited.remove(peer.server());
        return true;
    }

    /** Whether the peer has signed something on this link of its own; mesh loop only. */
    public boolean isProven(LinkId link) {
        ServerId server = serverByLink.get(link);
        Peer peer = server == null ? null : byServer.get(server);
        return peer != null && peer.hasProven(link);
    }

    /** Whether users' frames are written to this link; mesh loop only. */
    public boolean isForUsers(LinkId link) {
        ServerId server = serverByLink.get(link);
        ProvenLink proven = server == null ? null : provenLinks.get(server);
        return proven != null && proven.link().equals(link);
    }

    /** Which of the peer's links we send on from now on; mesh loop only. */
    public void choose(ServerId server, LinkChoice choice) {
        Peer peer = byServer.get(server);
        if (peer != null) {
            publish(peer.greeting(choice, false));
        }
    }

    /** Whether this is one of the server's links, and it has signed something there. */
    public boolean isProven(ServerId server, LinkId link) {
        Peer peer = byServer.get(server);
        return peer != null && peer.hasProven(link);
    }

    /** Whether the server has shown itself on one of its links by TLS too. */
    public boolean hasBoundLink(ServerId server) {
        Peer peer = byServer.get(server);
        return peer != null && peer.links().stream().anyMatch(l -> l.proven() && l.isBound());
    }

    /** Whether the server has signed something on one of its links. */
    public boolean hasProvenLink(ServerId server) {
        Peer peer = byServer.get(server);
        return peer != null && peer.links().stream().anyMatch(PeerLink::proven);
    }

    /**
     * Whether a server with another id has shown on a link that it holds this key: the key itself
     * is public, and whoever merely names it keeps nobody out.
     */
    public boolean isTaken(RsaPublicKey key, ServerId server) {
        return byServer.values().stream()
                .filter(peer -> peer.key().equals(key) && !peer.server().equals(server))
                .anyMatch(peer -> peer.links().stream().anyMatch(PeerLink::proven));
    }

    /** Whether this is one of the server's links, or is said to be. */
    public boolean hasLink(ServerId server, LinkId link) {
        Peer peer = byServer.get(server);
        return peer != null && peer.links().stream().anyMatch(l -> l.link().equals(link));
    }

    /** A link closed; mesh loop only. */
    public Leaving leave(LinkId link) {
        ServerId server = serverByLink.remove(link);
        Peer peer = server == null ? null : byServer.get(server);
        if (peer == null) {
            return Leaving.NOT_A_PEER;
        }
        Peer rest = peer.without(link);
        if (peer.isProven() && !rest.isProven()) {
            // First, so that no reader finds it out of reach in between.
            awaited.add(peer.server());
        }
        publish(rest);
        if (!rest.isLinked() && !rest.isPinned()) {
            forget(rest.server());
        }
        return rest.isLinked() ? Leaving.STILL_UP : Leaving.WENT_DOWN;
    }

    /** The peer can be dialled elsewhere from now on; mesh loop only. */
    public void moved(ServerId server, HostPort address) {
        Peer peer = byServer.get(server);
        if (peer != null) {
            publish(peer.at(address));
        }
    }

    /** Links that we dialled and that both ends know to be needless; mesh loop only. */
    public List<LinkId> superfluousLinks(ServerId server) {
        Peer peer = byServer.get(server);
        LinkId active = activeLinks.get(server);
        if (peer == null || active == null || peer.choice() != LinkChoice.AGREED) {
            return List.of();
        }
        return peer.links().stream()
                .filter(l -> l.direction() == PeerLink.Direction.OUTBOUND)
                .map(PeerLink::link)
                .filter(l -> !l.equals(active))
                .toList();
    }

    /** Whether this is a link we dialled and do not need; mesh loop only. */
    boolean isSuperfluous(LinkId link) {
        ServerId server = serverByLink.get(link);
        return server != null && superfluousLinks(server).contains(link);
    }

    private void forget(ServerId server) {
        version++;
        byServer.remove(server);
        awaited.remove(server);
    }

    /**
     * A server that is not linked nor expected back; at the bound it makes room for one that is,
     * first of all one that never proved its key.
     */
    private Optional<Peer> forgettable() {
        return byServer.values().stream()
                .filter(peer -> !peer.isLinked() && !awaited.contains(peer.server()))
                .min(Comparator.comparing(Peer::signsGreetings));
    }

    private void publish(Peer peer) {
        version++;
        byServer.put(peer.server(), peer);
        peer.active(self)
                .ifPresentOrElse(
                        active -> activeLinks.put(peer.server(), active.link()),
                        () -> activeLinks.remove(peer.server()));
        peer.forUsers(self)
                .ifPresentOrElse(
                        proven -> provenLinks.put(peer.server(), proven),
                        () -> provenLinks.remove(peer.server()));
    }
}
