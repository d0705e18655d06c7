package io.socp.relay.wire;

import io.socp.relay.ownership.Immutable;

/**
 * Bounds on WebSocket frames. Immutable.
 *
 * <p>A message over the limit is answered with an ERROR that names it, and the link lives on; one
 * over the ceiling cannot be skipped within reason, and ends the link with close code 1009.
 *
 * @param messageBytesMax the limit for one message, all continuation frames together
 */
@Immutable
public record FrameLimits(int messageBytesMax) {

    /** How many times the limit may be read only to be thrown away. */
    private static final int CEILING_FACTOR = 4;

    /** Longest message that is still read. */
    public int ceilingBytes() {
        return Math.multiplyExact(messageBytesMax, CEILING_FACTOR);
    }
}
