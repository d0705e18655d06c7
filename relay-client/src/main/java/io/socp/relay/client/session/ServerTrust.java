package io.socp.relay.client.session;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.Immutable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What makes a server the right one, on a {@code wss://} connection. Immutable. */
@Immutable
public sealed interface ServerTrust {

    /**
     * The server's certificates must prove its identity key.
     *
     * @param pinned the key it must be; null for whichever it proves, on first use
     */
    record Identity(@Nullable RsaPublicKey pinned) implements ServerTrust {}

    /**
     * Its certificate must be for the host dialled, and signed by an authority.
     *
     * @param file the authorities, PEM; null for those this machine trusts
     */
    record Authorities(@Nullable Path file) implements ServerTrust {}

    /** Trust on first use. */
    static ServerTrust onFirstUse() {
        return new Identity(null);
    }
}
