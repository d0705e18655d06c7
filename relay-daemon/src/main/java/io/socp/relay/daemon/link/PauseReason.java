package io.socp.relay.daemon.link;

/** Why reading is paused; it goes on when no reason is left. */
public enum PauseReason {
    /** Too many frames of this link are still being verified. */
    BACKLOG,
    /** The other end does not read what we write to it. */
    UNREAD_WRITES,
    /** Its first frame is being decided on. */
    HELLO,
    /** It has sent more than a peer may in such a time. */
    RATE
}
