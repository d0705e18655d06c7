package io.socp.relay.daemon.deliver;

import io.socp.relay.ownership.Immutable;
import java.time.Duration;

/**
 * What may be on its way to a peer: waiting for a link, and written but not known to be read.
 * Immutable.
 *
 * @param framesMax frames for one peer
 * @param bytesMax bytes for one peer; of these, pieces of files may take half
 * @param totalBytesMax bytes for all peers together
 * @param ageMax how long a frame waits for a link
 * @param freshFor how long after its author wrote it a frame is still accepted elsewhere, less what
 *     the way takes
 */
@Immutable
public record SpoolBounds(
        int framesMax, long bytesMax, long totalBytesMax, Duration ageMax, Duration freshFor) {

    /** For the way, and for clocks that differ a little. */
    private static final Duration MARGIN = Duration.ofSeconds(15);

    /** What runs when nothing is configured, where others accept what is no older than that. */
    public static SpoolBounds standard(Duration clockSkewMax) {
        return new SpoolBounds(
                20_000, 32L << 20, 128L << 20, Duration.ofSeconds(60), clockSkewMax.minus(MARGIN));
    }

    long fileBytesMax() {
        return bytesMax / 2;
    }
}
