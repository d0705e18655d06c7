package io.socp.relay.route;

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

    /**
     * The peer to which what is meant for this server goes next: itself where it is linked, or was
     * so lately that it may be back in a moment; else one that reaches it, but not {@code except};
     * null for none.
     */
    @Nullable ServerId nextHop(ServerId home, @Nullable ServerId except);

    /** The servers in reach. */
    Collection<ServerId> inReach();

    /** The servers that are linked now. */
    Collection<ServerId> linked();
}
