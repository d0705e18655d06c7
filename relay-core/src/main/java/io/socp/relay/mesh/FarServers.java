package io.socp.relay.mesh;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.FarServer.Route;
import io.socp.relay.ownership.ThreadSafe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Servers that peers name, and through which of them each can be reached while it is not linked
 * itself. Thread-safe for readers; written by the mesh loop alone.
 *
 * <p>What stands here is hearsay. A key that is pinned to a server always wins; of several that are
 * only said, the first one counts until the server is linked. Bounded by {@link #SERVERS_MAX}.
 */
@ThreadSafe
public final class FarServers {

    /** Servers remembered on the word of peers; at the bound, linked ones make room. */
    public static final int SERVERS_MAX = 1_024;

    /** Servers taken up on the word of one peer alone. */
    static final int NAMED_BY_ONE_MAX = 256;

    /** Of these, not linked with that peer: else it would have no room for those that are. */
    static final int HEARSAY_OF_ONE_MAX = NAMED_BY_ONE_MAX / 2;

    /** Links between us and a server; what is said to be further away is out of reach. */
    public static final int HOPS_MAX = 8;

    private final PeerTable peers;
    private final Map<ServerId, FarServer> byServer = new ConcurrentHashMap<>();
    private final LongAdder provenFalse = new LongAdder();

    /** Mesh loop only. */
    private long changes;

    /**
     * What a peer says of another server.
     *
     * @param hops links between the peer and the server
     * @param beyond the next server behind the peer; null where that is the server itself
     */
    public record Word(
            ServerId server,
            HostPort address,
            RsaPublicKey key,
            int hops,
            @Nullable ServerId beyond) {}

    /** What became of a peer's word. */
    public enum Naming {
        /** The server can be reached that way. */
        TAKEN,
        /** Another key is pinned to the server. */
        PINNED_OTHERWISE,
        /** Another key was said before. */
        SAID_OTHERWISE,
        /** The peer alone has named too many. */
        TOO_MANY,
        /** Too far away, or no room. */
        OUT_OF_REACH
    }

    public FarServers(PeerTable peers) {
        this.peers = peers;
    }

    /** A peer says that it can reach a server; mesh loop only. */
    public Naming name(ServerId teller, Word word, long nowNs) {
        ServerId server = word.server();
        RsaPublicKey pinned = peers.keyOf(server);
        FarServer known = byServer.get(server);
        if (pinned != null && !pinned.equals(word.key())) {
            return Naming.PINNED_OTHERWISE;
        }
        if (pinned == null && known != null && !known.key().equals(word.key())) {
            return Naming.SAID_OTHERWISE;
        }
        if (word.hops() >= HOPS_MAX) {
            drop(teller, server);
            return Naming.OUT_OF_REACH;
        }
        if (known == null) {
            int max = word.beyond() == null ? NAMED_BY_ONE_MAX : HEARSAY_OF_ONE_MAX;
            if (pinned == null && namedBy(teller) >= max) {
                return Naming.TOO_MANY;
            }
            if (!hasRoom()) {
                return Naming.OUT_OF_REACH;
            }
            known = new FarServer(server, word.address(), word.key(), teller, List.of());
        } else if (word.beyond() == null) {
            // Who is linked with it hears of it when it moves.
            known = known.at(word.address());
        }
        changes++;
        byServer.put(
                server,
                known.with(new Route(teller, word.hops() + 1, word.beyond(), nowNs, false)));
        return Naming.TAKEN;
    }

    /**
     * A peer says that it cannot reach the server any more, so neither can those who reach it
     * through that peer. It may still wait for the server, so where no other way is left, that one
     * counts until it is given up; mesh loop only.
     */
    public void unname(ServerId teller, ServerId server, long nowNs) {
        changes++;
        byServer.computeIfPresent(
                server,
                (_, far) ->
                        far.with(
                                far.routes().stream()
                                        .filter(r -> !teller.equals(r.beyond()))
                                        .map(r -> r.via().equals(teller) ? r.lost(nowNs) : r)));
    }

    /** Ways that have been lost for so long are given up; mesh loop only. */
    public void giveUp(long lostSinceNs) {
        for (ServerId server : byServer.keySet()) {
            keep(server, r -> !r.isLost() || r.saidNs() - lostSinceNs > 0);
        }
    }

    /** The peer does not lead to the server; mesh loop only. */
    public void drop(ServerId teller, ServerId server) {
        keep(server, r -> !r.via().equals(teller));
    }

    /** What the peer has not said since then does not count any more; mesh loop only. */
    public void forget(ServerId teller, long sinceNs) {
        for (ServerId server : byServer.keySet()) {
            keep(server, r -> !r.via().equals(teller) || r.saidNs() - sinceNs >= 0);
        }
    }

    /** The peer's word counts for nothing any more; mesh loop only. */
    public void forget(ServerId teller) {
        for (ServerId server : byServer.keySet()) {
            keep(server, r -> !r.via().equals(teller));
        }
    }

    /**
     * The server itself has shown this key; mesh loop only.
     *
     * @return whether another one had been said: then nothing that was learned under it is true
     */
    public boolean isProvenFalse(ServerId server, RsaPublicKey key) {
        FarServer known = byServer.get(server);
        boolean isFalse = known != null && !known.key().equals(key);
        if (isFalse) {
            byServer.remove(server);
            changes++;
            provenFalse.increment();
        }
        return isFalse;
    }

    /** Another number whenever anything has changed, here or of the peers; mesh loop only. */
    public long version() {
        return changes + peers.version();
    }

    /** The servers that peers name, linked or not; a live view. */
    public Iterable<FarServer> all() {
        return byServer.values();
    }

    /** Servers of which another key had been said than they showed, since the start. */
    public long provenFalse() {
        return provenFalse.sum();
    }

    /** How many they are. */
    public int size() {
        return byServer.size();
    }

    /** What is said of the server; null where nothing is. */
    public @Nullable FarServer find(ServerId server) {
        return byServer.get(server);
    }

    /** The key by which news of the server is believed: the pinned one, or else as it was said. */
    public @Nullable RsaPublicKey keyOf(ServerId server) {
        RsaPublicKey pinned = peers.keyOf(server);
        FarServer said = pinned == null ? byServer.get(server) : null;
        return said == null ? pinned : said.key();
    }

    /**
     * Whether the server has a link to us of its own; a mere claim to be it counts only where no
     * peer leads to it.
     */
    public boolean isLinked(ServerId server) {
        return peers.linkTo(server) != null
                && (peers.hasProvenLink(server) || route(server, null).isEmpty());
    }

    /**
     * Whether a linked peer says that it reaches the server; one that says it has lost it, or that
     * is lost itself, may be waited for, but leads nowhere now.
     */
    public boolean isLedTo(ServerId server) {
        return route(server, null)
                .filter(way -> !way.isLost() && peers.linkTo(way.via()) != null)
                .isPresent();
    }

    /** The way to a server that has no link of its own, but not through {@code except}. */
    public Optional<Route> route(ServerId server, @Nullable ServerId except) {
        FarServer far = byServer.get(server);
        if (far == null) {
            return Optional.empty();
        }
        Route awaited = null;
        for (Route route : far.routes()) {
            if (!route.via().equals(except)) {
                if (!route.isLost() && peers.linkTo(route.via()) != null) {
                    return Optional.of(route);
                }
                if (awaited == null && peers.isInReach(route.via())) {
                    awaited = route;
                }
            }
        }
        return Optional.ofNullable(awaited);
    }

    /**
     * The peer to which a message for this server goes next, but not {@code except}; null for none.
     * A server that was lost a moment ago is waited for, so that messages keep their order.
     */
    public @Nullable ServerId nextHop(ServerId server, @Nullable ServerId except) {
        if (isLinked(server) || peers.isAwaited(server)) {
            return server.equals(except) ? null : server;
        }
        return route(server, except).map(Route::via).orElse(null);
    }

    private void keep(ServerId server, Predicate<Route> condition) {
        byServer.computeIfPresent(
                server,
                (_, far) -> {
                    if (far.routes().stream().allMatch(condition)) {
                        return far;
                    }
                    changes++;
                    FarServer rest = far.with(far.routes().stream().filter(condition));
                    return rest.routes().isEmpty() ? null : rest;
                });
    }

    private long namedBy(ServerId teller) {
        return byServer.values().stream()
                .filter(far -> far.namedBy().equals(teller) && peers.keyOf(far.server()) == null)
                .count();
    }

    /** At the bound, a server that is linked makes room: what is said of it is spare. */
    private boolean hasRoom() {
        if (byServer.size() < SERVERS_MAX) {
            return true;
        }
        Optional<ServerId> spare =
                byServer.keySet().stream().filter(s -> peers.hasProvenLink(s)).findFirst();
        spare.ifPresent(byServer::remove);
        changes++;
        return spare.isPresent();
    }
}
