package io.socp.relay.daemon.offload;

/** Whose job a worker of the pool takes first. */
public enum Urgency {
    /** What people say to each other, and all that it depends on. */
    TALK,
    /** Pieces of files. */
    FILE
}
