package io.socp.relay.verify;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import org.jspecify.annotations.Nullable;

/** The keys known for ids at this moment; read from any thread. */
public interface KeyDirectory {

    /** The key pinned to a server's id, or null when the server is not known. */
    @Nullable RsaPublicKey keyOf(ServerId server);

    /** The key a user said hello with, or its home server advertised; null when not known. */
    @Nullable RsaPublicKey keyOf(UserId user);

    /** Whether the server is linked to us itself. */
    boolean isLinked(ServerId server);

    /** Whether a user is ours. */
    boolean isLocal(UserId user);

    /** The server that hosts a user; null when the user is ours or not known. */
    @Nullable ServerId homeOf(UserId user);
}
