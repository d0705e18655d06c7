package io.socp.relay.verify;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import org.jspecify.annotations.Nullable;

/** The keys known for ids at this moment; read from any thread. */
public interface KeyDirectory {

    /** The key pinned to a server's id, or null when the server is not known. */
    @Nullable RsaPublicKey keyOf(ServerId server);

    /**
     * The key by which what others pass on of a server is believed: the pinned one, or else the one
     * by which peers named it; null when not known.
     */
    default @Nullable RsaPublicKey newsKeyOf(ServerId server) {
        return keyOf(server);
    }

    /** Whether a server that is not linked is reached through this peer. */
    default boolean isReachedThrough(ServerId peer, ServerId server) {
        return false;
    }

    /** Whether a server is linked itself, or reached through another peer than this one. */
    default boolean isHeardElsewhere(ServerId peer, ServerId server) {
        return isLinked(server);
    }

    /** The key a user said hello with, or its home server advertised; null when not known. */
    @Nullable RsaPublicKey keyOf(UserId user);

    /** Whether the server is linked to us itself. */
    boolean isLinked(ServerId server);

    /** Whether a user is ours. */
    boolean isLocal(UserId user);

    /** Whether a user was on this server when it said, a moment ago, that it goes. */
    default boolean hasLatelyLeft(UserId user, ServerId server) {
        return false;
    }

    /** The server that hosts a user; null when the user is ours or not known. */
    @Nullable ServerId homeOf(UserId user);
}
