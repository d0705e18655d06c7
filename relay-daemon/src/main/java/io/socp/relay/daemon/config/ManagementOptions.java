package io.socp.relay.daemon.config;

import io.socp.relay.daemon.config.RelayOptions.Bind;
import org.jspecify.annotations.Nullable;

/**
 * The port for operators, probes and metrics. Immutable.
 *
 * @param listen port 0 binds a free one
 * @param token what operators must show; null where the port is this machine's alone
 */
public record ManagementOptions(Bind listen, @Nullable String token) {

    private static final String LOOPBACK = "127.0.0.1";

    public ManagementOptions {
        if (token == null && !isLoopback(listen.host())) {
            throw new IllegalArgumentException(
                    "a management port on " + listen.host() + " wants a token");
        }
    }

    /** For this machine alone. */
    public static ManagementOptions onLoopback(int port) {
        return new ManagementOptions(new Bind(LOOPBACK, port), null);
    }

    /** The same, on a port that was bound before. */
    ManagementOptions on(int port) {
        return new ManagementOptions(new Bind(listen.host(), port), token);
    }

    /** The same port for those who show another token. */
    ManagementOptions showing(@Nullable String newToken) {
        return new ManagementOptions(listen, newToken);
    }

    /** Whether nobody from another machine reaches this address. */
    public static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
    }

    @Override
    public String toString() {
        return "ManagementOptions[listen="
                + listen
                + ", "
                + (token == null ? "open" : "token")
                + "]";
    }
}
