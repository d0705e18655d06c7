package io.socp.relay.daemon.link;

import io.socp.relay.limit.AddressAccount;
import io.socp.relay.limit.AddressKey;
import io.socp.relay.ownership.Immutable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * From where a connection comes, as far as we believe it. Immutable.
 *
 * @param remote its socket's other end, or the one that a trusted proxy names; null where it has
 *     none
 * @param account what that address has used of its limits; null where none hold for it
 */
@Immutable
public record Arrival(@Nullable SocketAddress remote, @Nullable AddressAccount account) {

    /** The address, without its port. */
    String origin() {
        InetAddress address = address();
        return address == null ? LinkRegistry.NOWHERE : address.getHostAddress();
    }

    /** Whether a ban of this name is one of it: of the address, or of what counts as one. */
    public boolean isFrom(String name) {
        InetAddress address = address();
        return address != null
                && (address.getHostAddress().equals(name)
                        || AddressKey.of(address).toString().equals(name));
    }

    private @Nullable InetAddress address() {
        return remote instanceof InetSocketAddress at ? at.getAddress() : null;
    }
}
