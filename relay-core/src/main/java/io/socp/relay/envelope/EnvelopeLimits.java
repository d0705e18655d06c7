package io.socp.relay.envelope;

import io.socp.relay.ownership.Immutable;

/**
 * Bounds on one frame, checked before memory is spent on what exceeds them. Immutable.
 *
 * @param frameBytesMax whole frame, trailing white space included
 * @param depthMax nesting of objects and arrays, the envelope object being 1; at most {@value
 *     #DEPTH_CEILING}, since the reader recurses
 * @param membersMax object members and array elements in the frame, all levels together
 */
@Immutable
public record EnvelopeLimits(int frameBytesMax, int depthMax, int membersMax) {

    /** Length of a member name, in UTF-16 units. */
    public static final int NAME_CHARS_MAX = 128;

    /** Length of a number literal. */
    public static final int NUMBER_CHARS_MAX = 64;

    /** Length of {@code type}. */
    public static final int TYPE_CHARS_MAX = 64;

    /** Length of {@code from} and {@code to}: an id, {@code host:port} or a URI. */
    public static final int ADDRESS_CHARS_MAX = 255;

    /** Length of {@code sig}: 683 characters for RSA-4096, with room for foreign encodings. */
    public static final int SIG_CHARS_MAX = 2048;

    /** Largest {@code ts}: the integers every JSON reader holds exactly end at 2^53 - 1. */
    public static final long TS_MAX = (1L << 53) - 1;

    private static final int DEPTH_CEILING = 256;

    public static final EnvelopeLimits DEFAULT = new EnvelopeLimits(256 * 1024, 16, 4096);

    public EnvelopeLimits {
        if (frameBytesMax < 1 || membersMax < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
        if (depthMax < 2 || depthMax > DEPTH_CEILING) {
            throw new IllegalArgumentException("depth limit must be 2 to " + DEPTH_CEILING);
        }
    }
}
