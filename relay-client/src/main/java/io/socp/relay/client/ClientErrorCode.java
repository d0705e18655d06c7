package io.socp.relay.client;

/** What can go wrong on this side; servers send codes of their own beside these. */
public enum ClientErrorCode {
    /** No connection came about, or the hello was not taken. */
    CONNECT_FAILED,
    /** The session is over. */
    CLOSED,
    /** No key is known for the user, and nobody told us one in time. */
    USER_NOT_FOUND,
    /** The user shows another key than the one pinned. */
    KEY_CHANGED,
    /** On {@code wss://} the server proves another key than the one pinned; nothing was sent. */
    SERVER_KEY_CHANGED,
    /**
     * The server was met with link authentication over TLS, and is offered without: nothing was
     * sent but, over TLS, the hello.
     */
    LINK_AUTH_MISSING,
    /** The text does not fit the form it would be sent in. */
    TEXT_TOO_LONG,
    /** A message came that this user cannot read. */
    UNREADABLE,
    /** A frame of the server's does not hold under the server's key. */
    INVALID_SIG,
    /** A frame came that is no SOCP message. */
    BAD_FRAME,
    /** The server has not answered in time. */
    TIMEOUT,
    /** More is waiting to be sent than is kept. */
    OVERLOADED,
    /** A message may not have arrived: its server has gone, and no other one came in time. */
    UNCONFIRMED,
    /** A file could not be read, or could not be sent to its end. */
    FILE_FAILED,
    /** A file that someone sent is not taken; nothing of it is kept. */
    FILE_REFUSED,
    /** A key could not be written to the profile; it is pinned until this client ends. */
    PIN_NOT_SAVED
}
