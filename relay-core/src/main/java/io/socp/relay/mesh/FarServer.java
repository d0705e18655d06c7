package io.socp.relay.mesh;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.Immutable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server as peers name it: hearsay, until it is linked itself. Immutable.
 *
 * @param address as the last peer said that is linked with it, or the first of all
 * @param key as the first peer said that named it
 * @param namedBy a peer that says so still
 * @param routes the shortest first, of equal ones the older
 */
@Immutable
public record FarServer(
        ServerId server, HostPort address, RsaPublicKey key, ServerId namedBy, List<Route> routes) {

    /** Peers remembered for one server; longer ways give way. */
    static final int ROUTES_MAX = 8;

    /**
     * A way to the server.
     *
     * @param via a peer of ours
     * @param hops links between us and the server
     * @param beyond the next server behind {@code via}; null where that is the server itself
     * @param saidNs when {@code via} last said so, monotonic
     * @param isLost whether it said that the way is lost: perhaps only for a moment
     */
    public record Route(
            ServerId via, int hops, @Nullable ServerId beyond, long saidNs, boolean isLost) {

        Route lost(long nowNs) {
            return isLost ? this : new Route(via, hops, beyond, nowNs, true);
        }
    }

    public FarServer {
        routes = List.copyOf(routes);
    }

    FarServer with(Route route) {
        Optional<Route> known = routeVia(route.via());
        if (known.isPresent() && known.get().hops() == route.hops()) {
            // In its old place: of two ways of one length we keep to the one we took.
            return with(routes.stream().map(r -> r.via().equals(route.via()) ? route : r));
        }
        return with(
                Stream.concat(
                                routes.stream().filter(r -> !r.via().equals(route.via())),
                                Stream.of(route))
                        .sorted(Comparator.comparingInt(Route::hops))
                        .limit(ROUTES_MAX));
    }

    FarServer with(Stream<Route> kept) {
        List<Route> rest = kept.toList();
        boolean isStillSaid =
                rest.isEmpty() || rest.stream().anyMatch(r -> r.via().equals(namedBy));
        // All ways have been said under the same key.
        ServerId teller = isStillSaid ? namedBy : rest.getFirst().via();
        return new FarServer(server, address, key, teller, rest);
    }

    FarServer at(HostPort newAddress) {
        return new FarServer(server, newAddress, key, namedBy, routes);
    }

    Optional<Route> routeVia(ServerId via) {
        return routes.stream().filter(r -> r.via().equals(via)).findFirst();
    }
}
