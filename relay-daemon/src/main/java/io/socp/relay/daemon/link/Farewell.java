package io.socp.relay.daemon.link;

/**
 * The other end's close frame, on its way through the pipeline behind the frames before it: those
 * still count, and the answer to the close comes after them.
 */
public enum Farewell {
    /** The only one. */
    RECEIVED
}
