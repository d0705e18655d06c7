package io.socp.relay.engine;

import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.ThreadSafe;

/** Where the other ends of links are, as far as their sockets tell. Thread-safe. */
@ThreadSafe
@FunctionalInterface
public interface LinkOrigins {

    /** All links come from the same place, wherever that is. */
    LinkOrigins UNKNOWN = _ -> "";

    /** The network address of the link's other end, without a port; empty where it is not known. */
    String of(LinkId link);
}
