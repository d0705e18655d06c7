package io.socp.relay.message;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A message type of SOCP v1.3, or of our negotiated extensions; the constant is the wire name. */
public enum MessageType {
    SERVER_HELLO_JOIN,
    SERVER_HELLO_LINK,
    SERVER_WELCOME,
    SERVER_ANNOUNCE,
    HEARTBEAT,
    USER_ADVERTISE,
    USER_REMOVE,
    USER_HELLO,
    CTRL_CLOSE,
    MSG_DIRECT,
    USER_DELIVER,
    SERVER_DELIVER,
    MSG_PUBLIC_CHANNEL,
    FILE_START,
    FILE_CHUNK,
    FILE_END,
    PUBLIC_CHANNEL_ADD,
    PUBLIC_CHANNEL_UPDATED,
    PUBLIC_CHANNEL_KEY_SHARE,
    ACK,
    ERROR,
    /** Extension: the positive answer to a USER_HELLO that carries {@code ext}. */
    USER_WELCOME,
    /** Extension: a page of the users online, asked for. */
    LIST_REQUEST,
    /** Extension: the page. */
    LIST_RESPONSE,
    /** Extension: one user's public key, asked for. */
    PUBKEY_REQUEST,
    /** Extension: the key. */
    PUBKEY_RESPONSE,
    /** Extension, between our own relays: many users' presence under one signature. */
    PRESENCE_BATCH,
    /** Not on the wire under this name: a request in some implementation's own words. */
    FOREIGN_QUERY;

    private static final Map<String, MessageType> BY_WIRE_NAME =
            Stream.of(values())
                    .filter(type -> type != FOREIGN_QUERY)
                    .collect(Collectors.toMap(Enum::name, Function.identity()));

    /** The type with this exact, case-sensitive wire name (SOCP §7). */
    public static Optional<MessageType> ofWireName(String name) {
        return Optional.ofNullable(BY_WIRE_NAME.get(name));
    }
}
