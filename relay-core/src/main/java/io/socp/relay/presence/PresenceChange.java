package io.socp.relay.presence;

/** What a piece of presence gossip changed. */
public enum PresenceChange {
    /** The directory says something new: pass it on. */
    APPLIED,
    /** Known already: nothing to pass on. */
    CONFIRMED,
    /** Older than what is known, or about a mapping that points elsewhere by now. */
    STALE,
    /** Another server hosts the user and must let go first: the claim waits. */
    CLAIMED,
    /** Would take a user from us, or change the key of a user who is online: refused. */
    CONFLICT,
    /** The server has as many users as one may have. */
    BEYOND_SHARE,
    /** The directory is full. */
    FULL
}
