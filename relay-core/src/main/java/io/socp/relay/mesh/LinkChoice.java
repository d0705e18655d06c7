package io.socp.relay.mesh;

/** Which of several links to a peer we send on. */
public enum LinkChoice {
    /**
     * The one that both ends choose by the same rule, so that the others can be closed: the link
     * dialled by the server with the lower id, of several such the one its dialler counts on.
     */
    AGREED,
    /** The newest, as those do who know no rule; the others are left to the peer. */
    NEWEST,
    /** The newest that we dialled: the peer never reads the sockets it dials. */
    DIALLED_BY_US
}
