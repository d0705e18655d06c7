package io.socp.relay.identity;

import io.socp.relay.ownership.Immutable;

/**
 * Address a server listens on: a host name or literal address, and a TCP port. Immutable.
 *
 * <p>The host is not resolved and keeps its case; an IPv6 literal is held without brackets and
 * written with them. Host of 1 to 255 characters without white space, control characters or
 * brackets, port 1 to 65535, else {@link IllegalArgumentException}.
 *
 * @param overTls whether it is dialled as {@code wss://}; not part of its text
 */
@Immutable
public record HostPort(String host, int port, boolean overTls) {

    private static final int HOST_CHARS_MAX = 255;
    private static final int PORT_MAX = 65_535;

    public HostPort {
        if (host.isEmpty() || host.length() > HOST_CHARS_MAX) {
            throw new IllegalArgumentException("host must be 1 to 255 characters");
        }
        if (host.codePoints().anyMatch(HostPort::isForbidden)) {
            throw new IllegalArgumentException("host has a character no host can have");
        }
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException("port must be 1 to 65535, not " + port);
        }
    }

    /** An address dialled as {@code ws://}. */
    public HostPort(String host, int port) {
        this(host, port, false);
    }

    /** The same place, dialled in this way. */
    public HostPort overTls(boolean changed) {
        return changed == overTls ? this : new HostPort(host, port, changed);
    }

    /** Whether it is the same host and port, however they are dialled. */
    public boolean isSamePlace(HostPort other) {
        return host.equals(other.host) && port == other.port;
    }

    /**
     * Reads {@code host:port} or {@code [v6]:port}; a bare IPv6 literal is refused as ambiguous.
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("address has no port, expected host:port");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (host.indexOf(':') < 0) {
                throw new IllegalArgumentException("only an IPv6 address stands in brackets");
            }
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("IPv6 address must be written as [address]:port");
        }
        return new HostPort(host, parsePort(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ':' + port : '[' + host + "]:" + port;
    }

    private static int parsePort(String digits) {
        boolean isNumber =
                !digits.isEmpty()
                        && digits.length() <= 5
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!isNumber) {
            throw new IllegalArgumentException("port must be a number from 1 to 65535");
        }
        return Integer.parseInt(digits);
    }

    private static boolean isForbidden(int codePoint) {
        return Character.isISOControl(codePoint)
                || Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || codePoint == '['
                || codePoint == ']';
    }
}
