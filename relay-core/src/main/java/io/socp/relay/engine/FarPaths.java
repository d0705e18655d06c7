package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.ServerId;
import io.socp.relay.limit.RateLimiter;
import io.socp.relay.mesh.FarServer;
import io.socp.relay.mesh.FarServer.Route;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Through which peer we reach each server that is not linked itself, and since when. Event-loop
 * confined to the mesh loop.
 *
 * <p>A path is settled, and told to others, when it has led through the same peer for a while:
 * while a mesh forms, nearly everyone is far for a moment. Whoever leads to many servers, and then
 * does not, and then does, makes us tell each of our peers each time; so of ways through one peer
 * others hear no faster than {@link #NEWS_INTERVAL} allows, and until then what they heard last.
 */
@EventLoopConfined
final class FarPaths {

    /** How long a path must last before others hear of it. */
    static final Duration HOLD = Duration.ofSeconds(2);

    /** What others hear at once of ways through one peer, and then one more each interval. */
    static final int NEWS_OF_ONE_MAX = 256;

    static final Duration NEWS_INTERVAL = Duration.ofMillis(100);

    private final FarServers far;
    private final Map<ServerId, Path> byServer = new HashMap<>();

    /** As it was at the last look, so that there need be none while nothing changes. */
    private long version = -1;

    /** Whether others are to hear something as time goes by. */
    private boolean isWaiting;

    private int looks;

    /** By the peer that leads there; of more peers than there may be, the oldest is forgotten. */
    private final Map<ServerId, RateLimiter> newsByPeer = new LinkedHashMap<>();

    /** The way to a server at this moment. */
    record Path(KnownServer server, int hops, ServerId via, long sinceNs, boolean isSettled) {}

    /** What has changed since the last look. */
    record Changes(List<ServerId> settled, List<ServerId> gone) {}

    FarPaths(FarServers far) {
        this.far = far;
    }

    /** Looks at all that peers say. */
    Changes look(Moment now) {
        if (version == far.version() && !isWaiting) {
            return new Changes(List.of(), List.of());
        }
        version = far.version();
        isWaiting = false;
        looks++;
        List<ServerId> settled = new ArrayList<>();
        Map<ServerId, Path> found = new LinkedHashMap<>();
        for (FarServer server : far.all()) {
            Optional<Route> route =
                    far.isLinked(server.server())
                            ? Optional.empty()
                            : far.route(server.server(), null).filter(way -> !way.isLost());
            if (route.isPresent()) {
                Path path = path(server, route.get(), now);
                if (path.isSettled() && !isSettled(path)) {
                    settled.add(server.server());
                }
                found.put(server.server(), path);
            }
        }
        List<ServerId> gone =
                byServer.keySet().stream()
                        .filter(s -> !found.containsKey(s) && !far.isLinked(s))
                        .toList();
        byServer.clear();
        byServer.putAll(found);
        return new Changes(settled, gone);
    }

    /** Another number whenever there may be other paths. */
    int version() {
        return looks;
    }

    /** The paths that others may hear of. */
    List<Path> settled() {
        return byServer.values().stream().filter(Path::isSettled).toList();
    }

    private Path path(FarServer server, Route route, Moment now) {
        KnownServer named = named(server);
        Path before = byServer.get(server.server());
        Path known = before != null && before.via().equals(route.via()) ? before : null;
        long sinceNs = known == null ? now.ns() : known.sinceNs();
        Path path = new Path(named, route.hops(), route.via(), sinceNs, true);
        if (path.equals(known)) {
            return path;
        }
        if (now.ns() - sinceNs >= HOLD.toNanos() && newsOf(route.via(), now).tryTake(now.ns())) {
            return path;
        }
        isWaiting = true;
        return known != null && known.isSettled()
                ? known
                : new Path(named, route.hops(), route.via(), sinceNs, false);
    }

    private KnownServer named(FarServer server) {
        RsaPublicKey key = far.keyOf(server.server());
        return new KnownServer(server.server(), server.address(), key == null ? server.key() : key);
    }

    private RateLimiter newsOf(ServerId peer, Moment now) {
        if (!newsByPeer.containsKey(peer) && newsByPeer.size() >= PeerTable.PEERS_MAX) {
            newsByPeer.remove(newsByPeer.keySet().iterator().next());
        }
        return newsByPeer.computeIfAbsent(
                peer, _ -> new RateLimiter(NEWS_OF_ONE_MAX, NEWS_INTERVAL, now.ns()));
    }

    private boolean isSettled(Path path) {
        Path known = byServer.get(path.server().server());
        return known != null && known.via().equals(path.via()) && known.isSettled();
    }
}
