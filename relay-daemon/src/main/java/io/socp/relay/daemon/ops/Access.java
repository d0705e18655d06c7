package io.socp.relay.daemon.ops;

import io.socp.relay.ownership.Immutable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask the management port more than whether the relay lives. Immutable.
 *
 * @param token what they must show; null where whoever reaches the port may ask
 */
@Immutable
public record Access(@Nullable String token) {

    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d{1,5})?");

    private static final String SCHEME = "Bearer ";

    /** Whether the request's {@code Authorization} (RFC 6750) will do. */
    boolean allows(@Nullable String authorization) {
        if (token == null) {
            return true;
        }
        return authorization != null
                && authorization.startsWith(SCHEME)
                && MessageDigest.isEqual(
                        bytes(authorization.substring(SCHEME.length()).strip()), bytes(token));
    }

    /**
     * Whether the request's {@code Host} is one that reaches us alone, where nothing else keeps
     * strangers out: a web page may have its own name lead to the operator's machine.
     */
    boolean isForUs(@Nullable String host) {
        return token != null || (host != null && LOOPBACK.matcher(host).matches());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return token == null ? "Access[open]" : "Access[token]";
    }
}
