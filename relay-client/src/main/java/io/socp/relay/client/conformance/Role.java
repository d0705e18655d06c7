package io.socp.relay.client.conformance;

/** Whose key a frame is signed with; one key pair each. */
public enum Role {
    /** A strict server that keeps its link up and silent: first, since it takes longest. */
    SILENT,
    /** A strict server that listens for heartbeats. */
    LISTENER,
    /** A strict server that hosts users. */
    PEER,
    ALICE,
    BOB,
    CAROL,
    /** Has a valid key and claims what is not hers. */
    MALLORY,
    /** A second strict server, for what involves three. */
    RIVAL,
    /** A strict server that comes for one clause, under an id of its own. */
    GUEST
}
