package io.socp.relay.client.session;

/** Who goes first when a connection cannot take everything at once; the first constant does. */
public enum Priority {
    /** Questions and answers. */
    CONTROL,
    /** Messages to one user. */
    DIRECT,
    /** Messages to everyone. */
    PUBLIC,
    /** Files, and what must not overtake anything. */
    FILE
}
