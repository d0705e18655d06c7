package io.socp.relay.client.session;

import io.socp.relay.ownership.Immutable;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * Where to connect, and how long to wait for what. Immutable.
 *
 * @param server {@code ws://host:port} or {@code wss://host:port}, with a path where the server
 *     wants one
 * @param connectTimeout for the TCP connection, and again for the TLS and the WebSocket handshake
 * @param silence after the hello, how long a server that says nothing is taken for one that has
 *     accepted it (SOCP §10: no positive reply is defined)
 * @param frameBytesMax longest frame read
 * @param trust which server is the right one; counts with {@code wss://} alone
 */
@Immutable
public record SessionOptions(
        URI server,
        Duration connectTimeout,
        Duration silence,
        int frameBytesMax,
        ServerTrust trust) {

    /** As the relay's own limit. */
    public static final int FRAME_BYTES_MAX = 256 * 1024;

    private static final String OVER_TLS = "wss";
    private static final String PLAIN = "ws";
    private static final int WS_PORT = 80; // RFC 6455 §3
    private static final int WSS_PORT = 443;

    public SessionOptions {
        String scheme = scheme(server);
        if (!scheme.equals(PLAIN) && !scheme.equals(OVER_TLS)) {
            throw new IllegalArgumentException(
                    "expected ws://HOST:PORT or wss://HOST:PORT, not " + server);
        }
        if (server.getHost() == null) {
            throw new IllegalArgumentException("no host in " + server);
        }
    }

    /** Trusts on first use. */
    public SessionOptions(
            URI server, Duration connectTimeout, Duration silence, int frameBytesMax) {
        this(server, connectTimeout, silence, frameBytesMax, ServerTrust.onFirstUse());
    }

    public static SessionOptions to(URI server) {
        return new SessionOptions(
                server, Duration.ofSeconds(10), Duration.ofSeconds(2), FRAME_BYTES_MAX);
    }

    public SessionOptions withSilence(Duration changed) {
        return new SessionOptions(server, connectTimeout, changed, frameBytesMax, trust);
    }

    public SessionOptions trusting(ServerTrust changed) {
        return new SessionOptions(server, connectTimeout, silence, frameBytesMax, changed);
    }

    /** The same for another server, of which nothing is known: what was said of one key is not. */
    public SessionOptions at(URI other) {
        if (other.equals(server)) {
            return this;
        }
        ServerTrust there =
                trust instanceof ServerTrust.Authorities ? trust : ServerTrust.onFirstUse();
        return new SessionOptions(other, connectTimeout, silence, frameBytesMax, there);
    }

    /** Whether TLS comes first. */
    public boolean isOverTls() {
        return scheme(server).equals(OVER_TLS);
    }

    /** Host and port, by which a server's key is remembered. */
    public String authority() {
        return server.getHost().toLowerCase(Locale.ROOT) + ":" + port();
    }

    /** The host without the brackets of an IPv6 literal. */
    String host() {
        String host = server.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        if (server.getPort() >= 0) {
            return server.getPort();
        }
        return isOverTls() ? WSS_PORT : WS_PORT;
    }

    private static String scheme(URI server) {
        return server.getScheme() == null ? "" : server.getScheme().toLowerCase(Locale.ROOT);
    }
}
