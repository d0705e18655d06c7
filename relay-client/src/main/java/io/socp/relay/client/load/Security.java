package io.socp.relay.client.load;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.Immutable;
import java.util.List;

/**
 * How links are secured. Immutable.
 *
 * @param serverKeys the servers' keys in the order of the servers, over TLS; empty for whichever
 *     each server proves first
 * @param isResuming whether TLS sessions may be resumed
 */
@Immutable
public record Security(List<RsaPublicKey> serverKeys, boolean isResuming, LinkMode mode) {

    /** Plain SOCP; over TLS, trust on first use. */
    public static final Security STRICT = new Security(List.of(), true, LinkMode.STRICT);

    public Security {
        serverKeys = List.copyOf(serverKeys);
    }

    /** The same for a raw server, whose key is its own. */
    Security onRawServer() {
        return new Security(
                List.of(), isResuming, mode.isSigned() ? LinkMode.STRICT : LinkMode.ON_TRUST);
    }
}
