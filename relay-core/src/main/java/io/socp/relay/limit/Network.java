package io.socp.relay.limit;

import io.socp.relay.ownership.Immutable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A network by its first address and the length of its prefix. Immutable.
 *
 * <p>Of IPv4 where the address has four bytes, of IPv6 where it has sixteen.
 */
@Immutable
public final class Network {

    /** Networks in one list. */
    static final int LIST_MAX = 256;

    private static final int ADDRESS_CHARACTERS_MAX = 45;

    /** Only what has such characters alone is never looked up as a name. */
    private static final Pattern LITERAL =
            Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

    private final byte[] first;
    private final int prefix;

    private Network(byte[] first, int prefix) {
        this.first = first;
        this.prefix = prefix;
    }

    /** Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or an address alone. */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] first = address(slash < 0 ? text : text.substring(0, slash)).getAddress();
        int bits = first.length * Byte.SIZE;
        int prefix = slash < 0 ? bits : prefix(text, slash, bits);
        for (int bit = prefix; bit < bits; bit++) {
            if ((first[bit / Byte.SIZE] & 0x80 >> (bit % Byte.SIZE)) != 0) {
                throw new IllegalArgumentException(text + " has bits set behind its prefix");
            }
        }
        return new Network(first, prefix);
    }

    /** Reads networks with commas between them; none from an empty text. */
    public static List<Network> parseAll(String text) {
        List<Network> all =
                Stream.of(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .map(Network::parse)
                        .toList();
        if (all.size() > LIST_MAX) {
            throw new IllegalArgumentException("more than " + LIST_MAX + " networks");
        }
        return all;
    }

    /** Reads an address, and never looks up a name. */
    public static InetAddress address(String text) {
        if (text.length() > ADDRESS_CHARACTERS_MAX || !LITERAL.matcher(text).matches()) {
            throw new IllegalArgumentException("no IP address: " + text);
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("no IP address: " + text, malformed);
        }
    }

    /** Whether one of these has the address. */
    public static boolean anyHas(List<Network> networks, InetAddress address) {
        for (int i = 0; i < networks.size(); i++) {
            if (networks.get(i).has(address)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the address is in it. */
    public boolean has(InetAddress address) {
        byte[] other = address.getAddress();
        if (other.length != first.length) {
            return false;
        }
        int whole = prefix / Byte.SIZE;
        if (!Arrays.equals(first, 0, whole, other, 0, whole)) {
            return false;
        }
        int rest = prefix % Byte.SIZE;
        return rest == 0 || (first[whole] ^ other[whole]) >> (Byte.SIZE - rest) == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network network
                && prefix == network.prefix
                && Arrays.equals(first, network.first);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(first) + prefix;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(first).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static int prefix(String text, int slash, int bits) {
        String digits = text.substring(slash + 1);
        if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > bits) {
            throw new IllegalArgumentException(text + ": the prefix must be from 0 to " + bits);
        }
        return Integer.parseInt(digits);
    }
}
