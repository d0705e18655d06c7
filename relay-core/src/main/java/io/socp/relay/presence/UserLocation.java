package io.socp.relay.presence;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.Immutable;

/** Where a user can be reached. Immutable. */
@Immutable
public sealed interface UserLocation {

    /** Connected to us. */
    record Local(LinkId link) implements UserLocation {}

    /** Hosted by a peer. */
    record Remote(ServerId server) implements UserLocation {}

    /** Nowhere that we know of. */
    record Unknown() implements UserLocation {}
}
