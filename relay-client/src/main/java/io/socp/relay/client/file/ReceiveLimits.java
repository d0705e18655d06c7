package io.socp.relay.client.file;

import io.socp.relay.ownership.Immutable;
import java.time.Duration;

/**
 * What others may make this client keep. Immutable.
 *
 * @param fileBytesMax one file, by what its sender claims
 * @param pendingBytesMax all files that are on their way, by what their senders claim
 * @param transfersMax files on their way
 * @param transfersPerUserMax of these, from one sender
 * @param idleTimeout silence after which a transfer is given up
 */
@Immutable
public record ReceiveLimits(
        long fileBytesMax,
        long pendingBytesMax,
        int transfersMax,
        int transfersPerUserMax,
        Duration idleTimeout) {

    /** Longest piece of a file; others send up to 32 KiB. */
    public static final int CHUNK_BYTES_MAX = 64 * 1024;

    /** Shortest piece but the last; others send 190 at least. A private-key operation each. */
    public static final int CHUNK_BYTES_MIN = 64;

    /** Characters of a transfer's id; a UUID has 36. */
    public static final int FILE_ID_CHARS_MAX = 128;

    public static final ReceiveLimits DEFAULT =
            new ReceiveLimits(512L << 20, 1L << 30, 16, 4, Duration.ofSeconds(60));
}
