package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.PresenceChange;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.Proof;
import org.jspecify.annotations.Nullable;

/**
 * Users of servers that nothing leads to any more, and that have not said that they go: who shows
 * up elsewhere under the same key is there. Event-loop confined to the mesh loop.
 *
 * <p>The places of a lost server's users are kept for a while, since most servers come back. A user
 * himself knows better: by his signature he takes his own place, and nobody else's.
 */
@EventLoopConfined
final class Stranded {

    private final UserDirectory directory;
    private final PeerTable peers;
    private final FarServers far;
    private final Expected expected;
    private long version = -1;

    Stranded(UserDirectory directory, PeerTable peers, FarServers far, Expected expected) {
        this.directory = directory;
        this.peers = peers;
        this.far = far;
        this.expected = expected;
    }

    /** Someone says hello to us: if he is the very user who is stranded, his name is free. */
    void onHello(UserHello hello, Admitted admitted, Moment now) {
        PresentUser known = directory.find(hello.user());
        boolean isSigned = admitted.proof().equals(new Proof.SignedBy(hello.key()));
        if (known != null
                && known.location() instanceof UserLocation.Remote(ServerId home)
                && isLost(home)
                && isSigned
                && hello.key().equals(known.key())) {
            directory.abandon(known.user(), home);
            expected.onStranded(known.user(), home, now);
        }
    }

    /** The user is elsewhere now: what is on its way to the lost server may come back yet. */
    void onMoved(UserId user, UserLocation before, Moment now) {
        if (before instanceof UserLocation.Remote(ServerId home)
                && !directory.locate(user).equals(before)
                && isLost(home)) {
            expected.onStranded(user, home, now);
        }
    }

    /** Whether other servers may be lost than when this was last asked. */
    boolean isNews() {
        boolean isNews = version != far.version();
        version = far.version();
        return isNews;
    }

    /**
     * What becomes of the word that a user is at this server, where it may count later: that he is
     * elsewhere, on a server in reach, which alone may say that he has left, or was here before,
     * perhaps on a link that is dead. Null where it may count now, if ever.
     */
    @Nullable PresenceChange refusalOf(UserAdvertise advertise) {
        PresentUser known = directory.find(advertise.user());
        if (known == null) {
            return null;
        }
        return switch (known.location()) {
            case UserLocation.Local _ ->
                    advertise.ts() > known.advertisedTs() ? PresenceChange.CONFLICT : null;
            case UserLocation.Remote(ServerId home) ->
                    home.equals(advertise.server()) || isLost(home) ? null : PresenceChange.CLAIMED;
            case UserLocation.Unknown() -> null;
        };
    }

    /** Nothing leads to the server now; it may still be waited for. */
    boolean isLost(ServerId server) {
        return peers.linkTo(server) == null && !far.isLedTo(server);
    }
}
