package io.socp.relay.daemon.link;

/** That the other end has sent a ping or a pong: it lives, though it has nothing to say. */
public enum SignOfLife {
    /** It came just now. */
    SEEN
}
