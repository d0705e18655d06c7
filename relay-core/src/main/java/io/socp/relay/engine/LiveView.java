package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.route.RoutingView;
import io.socp.relay.verify.KeyDirectory;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The tables as the data path reads them: who is where, whose key is which, who speaks how.
 * Thread-safe: each table has one writer and lock-free reads.
 */
@ThreadSafe
record LiveView(
        ServerId self,
        PeerTable peers,
        FarServers far,
        UserDirectory users,
        LinkDialects dialects,
        Expected expected)
        implements RoutingView, KeyDirectory {

    @Override
    public UserLocation locate(UserId user) {
        return users.locate(user);
    }

    @Override
    public @Nullable ServerId nextHop(ServerId home, @Nullable ServerId except) {
        return far.nextHop(home, except);
    }

    @Override
    public Collection<ServerId> inReach() {
        return peers.inReach();
    }

    @Override
    public Collection<ServerId> linked() {
        return peers.active();
    }

    @Override
    public @Nullable RsaPublicKey keyOf(ServerId server) {
        return peers.keyOf(server);
    }

    @Override
    public boolean isLinked(ServerId server) {
        return far.isLinked(server);
    }

    @Override
    public @Nullable RsaPublicKey newsKeyOf(ServerId server) {
        return far.keyOf(server);
    }

    @Override
    public boolean isReachedThrough(ServerId peer, ServerId server) {
        return !far.isLinked(server) && isOnTheWay(peer, server);
    }

    @Override
    public boolean isHeardElsewhere(ServerId peer, ServerId server) {
        return far.isLinked(server)
                || (far.route(server, null).isPresent() && !isOnTheWay(peer, server));
    }

    private boolean isOnTheWay(ServerId peer, ServerId server) {
        return far.route(server, null).filter(route -> route.via().equals(peer)).isPresent();
    }

    @Override
    public boolean isLocal(UserId user) {
        return users.locate(user) instanceof UserLocation.Local;
    }

    @Override
    public boolean hasLatelyLeft(UserId user, ServerId server) {
        return expected.hasLatelyLeft(user, server);
    }

    @Override
    public @Nullable ServerId homeOf(UserId user) {
        return users.locate(user) instanceof UserLocation.Remote(ServerId home) ? home : null;
    }

    @Override
    public @Nullable RsaPublicKey keyOf(UserId user) {
        PresentUser present = users.find(user);
        return present == null ? null : present.key();
    }
}
