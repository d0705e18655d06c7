package io.socp.relay.engine;

/** Why we close a link, with its WebSocket close code (RFC 6455 §7.4). */
public enum CloseReason {
    /** All is said. */
    NORMAL(1000),
    /** This relay is shutting down. */
    GOING_AWAY(1001),
    /** A frame was larger than the limit. */
    TOO_BIG(1009),
    /** Refused: bad hello, bad key, too many errors, no first frame. */
    POLICY(1008),
    /** This relay restarts: said to those who were told when to come back. */
    RESTART(1012),
    /** No room. */
    TRY_LATER(1013);

    private final int code;

    CloseReason(int code) {
        this.code = code;
    }

    /** The WebSocket close code. */
    public int code() {
        return code;
    }
}
