package io.socp.relay.message;

import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question of our own client and its answer. An extension: the standard has commands for these
 * but no frames. Never sent to a client that did not ask.
 */
public sealed interface QueryMessage extends SocpMessage {

    /** LIST_REQUEST: users online whose id sorts after {@code after}; empty for the first page. */
    record ListRequest(String after) implements QueryMessage {
        @Override
        public MessageType type() {
            return MessageType.LIST_REQUEST;
        }
    }

    /**
     * LIST_RESPONSE: one page, sorted by id.
     *
     * @param next the {@code after} of the next page; empty on the last
     */
    record ListResponse(List<ListedUser> users, String next) implements QueryMessage {
        public ListResponse {
            users = List.copyOf(users);
        }

        @Override
        public MessageType type() {
            return MessageType.LIST_RESPONSE;
        }
    }

    /** A user online: id, hosting server's id, and the display name where there is one. */
    record ListedUser(String user, String server, @Nullable String name) {}

    /**
     * A request about the directory in some implementation's own words; package {@code dialect}
     * knows which and how to answer.
     */
    record ForeignQuery(String wireType, JsonObject fields) implements QueryMessage {
        @Override
        public MessageType type() {
            return MessageType.FOREIGN_QUERY;
        }
    }

    /** PUBKEY_REQUEST: asks for a user's public key. */
    record PubkeyRequest(UserId user) implements QueryMessage {
        @Override
        public MessageType type() {
            return MessageType.PUBKEY_REQUEST;
        }
    }

    /** PUBKEY_RESPONSE: the key as its owner wrote it; empty when the user is not known. */
    record PubkeyResponse(UserId user, String pubkey) implements QueryMessage {
        @Override
        public MessageType type() {
            return MessageType.PUBKEY_RESPONSE;
        }
    }
}
