package io.socp.relay.client.session;

import io.socp.relay.ownership.Immutable;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * Where to connect, and how long to wait for what. Immutable.
 *
 * @param server {@code ws://host:port}, with a path where the server wants one
 * @param connectTimeout for the TCP connection, and again for the WebSocket handshake
 * @param silence after the hello, how long a server that says nothing is taken for one that has
 *     accepted it (SOCP §10: no positive reply is defined)
 * @param frameBytesMax longest frame read
 */
@Immutable
public record SessionOptions(
        URI server, Duration connectTimeout, Duration silence, int frameBytesMax) {

    /** As the relay's own limit. */
    public static final int FRAME_BYTES_MAX = 256 * 1024;

    private static final int WS_PORT = 80; // RFC 6455 §3

    public SessionOptions {
        String scheme = server.getScheme();
        if (scheme == null || !scheme.toLowerCase(Locale.ROOT).equals("ws")) {
            throw new IllegalArgumentException("expected ws://HOST:PORT, not " + server);
        }
        if (server.getHost() == null) {
            throw new IllegalArgumentException("no host in " + server);
        }
    }

    public static SessionOptions to(URI server) {
        return new SessionOptions(
                server, Duration.ofSeconds(10), Duration.ofSeconds(2), FRAME_BYTES_MAX);
    }

    public SessionOptions withSilence(Duration changed) {
        return new SessionOptions(server, connectTimeout, changed, frameBytesMax);
    }

    /** The host without the brackets of an IPv6 literal. */
    String host() {
        String host = server.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return server.getPort() < 0 ? WS_PORT : server.getPort();
    }
}
