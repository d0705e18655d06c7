package io.socp.relay.route;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.presence.UserLocation;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Who is where at this moment; read from any thread without a lock. */
public interface RoutingView {

    /** Our own id. */
    ServerId self();

    /** Where a user is. */
    UserLocation locate(UserId user);

    /** The link to send to a server on, or null when none is up. */
    @Nullable LinkId linkTo(ServerId server);

    /** One link to each linked peer. */
    Collection<LinkId> peerLinks();
}
