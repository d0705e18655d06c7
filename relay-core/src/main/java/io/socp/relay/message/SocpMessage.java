package io.socp.relay.message;

import io.socp.relay.ownership.Immutable;

/**
 * One SOCP message with typed fields: the content of an envelope. Immutable.
 *
 * <p>The record's name is the wire name in CamelCase. Families are switched on where all their
 * members are treated alike; a new record does not compile until every stage has placed it.
 */
@Immutable
public sealed interface SocpMessage
        permits MeshMessage,
                PresenceMessage,
                PresenceBatch,
                SessionMessage,
                ChatMessage,
                ChannelMessage,
                NoticeMessage,
                QueryMessage {

    /** The message's name on the wire. */
    MessageType type();
}
