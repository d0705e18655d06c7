package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where connections of one run go. Immutable, but for what its TLS counts.
 *
 * @param tls null for {@code ws://}
 */
@Immutable
record Endpoint(URI server, @Nullable LoadTls tls) {

    static final String TLS_SCHEME = "wss";

    private static final int WS_PORT = 80;
    private static final int WSS_PORT = 443;

    static boolean isOverTls(URI server) {
        return TLS_SCHEME.equals(server.getScheme());
    }

    InetSocketAddress address() {
        int standard = tls == null ? WS_PORT : WSS_PORT;
        return new InetSocketAddress(
                server.getHost(), server.getPort() < 0 ? standard : server.getPort());
    }
}
