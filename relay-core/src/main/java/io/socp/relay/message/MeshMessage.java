package io.socp.relay.message;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.ServerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Server to server: who we are and that we live (SOCP §8.1, §8.4). */
public sealed interface MeshMessage extends SocpMessage {

    /** The server named in the envelope's {@code from}. */
    ServerId server();

    /**
     * A server's first frame on a link: its advertised address and its key. One of three wire types
     * that say the same; a strict peer uses JOIN to an introducer and ANNOUNCE elsewhere.
     */
    sealed interface Greeting extends MeshMessage {

        /** Where the server may be dialled. */
        HostPort address();

        /** The server's public key, pinned to its id from here on. */
        RsaPublicKey key();

        /** {@code ext}: our extensions the server knows; null for another implementation. */
        @Nullable JsonObject extensions();
    }

    /** SERVER_HELLO_JOIN: a new server greets an introducer. */
    record ServerHelloJoin(
            ServerId server, HostPort address, RsaPublicKey key, @Nullable JsonObject extensions)
            implements Greeting {
        @Override
        public MessageType type() {
            return MessageType.SERVER_HELLO_JOIN;
        }
    }

    /** SERVER_HELLO_LINK: the sequence diagram's name for a greeting on a further link. */
    record ServerHelloLink(
            ServerId server, HostPort address, RsaPublicKey key, @Nullable JsonObject extensions)
            implements Greeting {
        @Override
        public MessageType type() {
            return MessageType.SERVER_HELLO_LINK;
        }
    }

    /** SERVER_ANNOUNCE: a server presents itself to {@code *}. */
    record ServerAnnounce(
            ServerId server, HostPort address, RsaPublicKey key, @Nullable JsonObject extensions)
            implements Greeting {
        @Override
        public MessageType type() {
            return MessageType.SERVER_ANNOUNCE;
        }
    }

    /**
     * SERVER_WELCOME: an introducer's answer to a join.
     *
     * @param server the introducer
     * @param assignedId the id the joiner must use from now on; its own unless that was taken, null
     *     where the introducer assigns none
     * @param key the introducer's key where it says so itself; null in the bare standard's form
     * @param servers the servers it knows
     * @param extensions as in a greeting
     */
    record ServerWelcome(
            ServerId server,
            @Nullable ServerId assignedId,
            @Nullable RsaPublicKey key,
            List<KnownServer> servers,
            @Nullable JsonObject extensions)
            implements MeshMessage {

        public ServerWelcome {
            servers = List.copyOf(servers);
        }

        @Override
        public MessageType type() {
            return MessageType.SERVER_WELCOME;
        }
    }

    /** One row of a SERVER_WELCOME: a server that may be dialled. */
    record KnownServer(ServerId server, HostPort address, RsaPublicKey key) {}

    /** HEARTBEAT: nothing but a sign of life, every 15 s. */
    record Heartbeat(ServerId server) implements MeshMessage {
        @Override
        public MessageType type() {
            return MessageType.HEARTBEAT;
        }
    }
}
