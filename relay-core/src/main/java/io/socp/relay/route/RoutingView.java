package io.socp.relay.route;

import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.presence.UserLocation;
import java.util.Collection;

/** Who is where at this moment; read from any thread without a lock. */
public interface RoutingView {

    /** Our own id. */
    ServerId self();

    /** Where a user is. */
    UserLocation locate(UserId user);

    /** Whether a server is linked, or was so lately that it may be back in a moment. */
    boolean isInReach(ServerId server);

    /** The servers in reach. */
    Collection<ServerId> inReach();

    /** The servers that are linked now. */
    Collection<ServerId> linked();
}
