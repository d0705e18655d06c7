package io.socp.relay.limit;

import io.socp.relay.ownership.Immutable;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What counts as one address: an IPv4 address, or the /64 of an IPv6 one, since every host has all
 * of it. Immutable.
 *
 * @param bits the address, or its first half
 */
@Immutable
public record AddressKey(boolean isIpv6, long bits) {

    private static final String NETWORK = "::/64";

    public static AddressKey of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address
                ? new AddressKey(true, bytes.getLong())
                : new AddressKey(false, bytes.getInt() & 0xFFFF_FFFFL);
    }

    /** As a ban names it: {@code 192.0.2.1}, {@code 2001:db8:0:1::/64}. */
    @Override
    public String toString() {
        return isIpv6
                ? "%x:%x:%x:%x".formatted(part(48), part(32), part(16), part(0)) + NETWORK
                : (bits >> 24 & 0xFF)
                        + "."
                        + (bits >> 16 & 0xFF)
                        + "."
                        + (bits >> 8 & 0xFF)
                        + "."
                        + (bits & 0xFF);
    }

    private long part(int shift) {
        return bits >>> shift & 0xFFFF;
    }
}
