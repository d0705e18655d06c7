package io.socp.relay.message;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import org.jspecify.annotations.Nullable;

/** Gossip about where users are (SOCP §8.2), signed by the server that hosts the user. */
public sealed interface PresenceMessage extends SocpMessage {

    /** The server named in the envelope's {@code from}: the one whose key must have signed. */
    ServerId origin();

    /** The user it is about. */
    UserId user();

    /** The hosting server the payload claims. */
    ServerId server();

    /**
     * USER_ADVERTISE: a user is reachable at a server.
     *
     * @param key the user's key where the hosting server passes it on ({@code payload.pubkey} or
     *     {@code meta.pubkey}; the standard has no field for it)
     * @param meta profile metadata, free form
     */
    record UserAdvertise(
            ServerId origin,
            UserId user,
            ServerId server,
            long ts,
            @Nullable RsaPublicKey key,
            JsonObject meta)
            implements PresenceMessage {
        @Override
        public MessageType type() {
            return MessageType.USER_ADVERTISE;
        }
    }

    /** USER_REMOVE: a user has left a server. */
    record UserRemove(ServerId origin, UserId user, ServerId server, long ts)
            implements PresenceMessage {
        @Override
        public MessageType type() {
            return MessageType.USER_REMOVE;
        }
    }
}
