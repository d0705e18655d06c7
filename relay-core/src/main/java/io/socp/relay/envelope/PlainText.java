package io.socp.relay.envelope;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Tells bytes that mean themselves from all others: space and visible ASCII without a backslash.
 * Pure.
 *
 * <p>JSON made of these alone is well-formed UTF-8 without escapes, so that each of its strings is
 * what stands between its quotes. Nearly every frame is, and eight bytes are looked at in one step.
 */
final class PlainText {

    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long EACH = 0x0101_0101_0101_0101L;
    private static final long TOP_BITS = 0x8080_8080_8080_8080L;
    private static final int DELETE = 0x7f;

    private PlainText() {}

    /** Whether all of these bytes are plain; quotes are. */
    static boolean isPlain(byte[] bytes) {
        return isPlainWithout('\\', '\\', bytes);
    }

    /**
     * Whether these bytes, made of a string, can stand between quotes as they are, in every form we
     * write. A question mark is not taken: it may stand for half of a pair, which has no bytes.
     */
    static boolean isPlainString(byte[] bytes) {
        return isPlainWithout('"', '?', bytes);
    }

    private static boolean isPlainWithout(char first, char second, byte[] bytes) {
        int i = 0;
        for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
            long eight = (long) EIGHT.get(bytes, i);
            if ((unlikeText(eight)
                            | holding('\\', eight)
                            | holding(first, eight)
                            | holding(second, eight))
                    != 0) {
                return false;
            }
        }
        for (; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b < ' ' || b == DELETE || b == '\\' || b == first || b == second) {
                return false;
            }
        }
        return true;
    }

    /** Where the next quote stands, from {@code from} on; -1 when there is none. */
    static int quoteFrom(byte[] bytes, int from) {
        int i = from;
        while (i <= bytes.length - Long.BYTES && holding('"', (long) EIGHT.get(bytes, i)) == 0) {
            i += Long.BYTES;
        }
        while (i < bytes.length && bytes[i] != '"') {
            i++;
        }
        return i < bytes.length ? i : -1;
    }

    /** An offset up to which, from {@code from} on, no byte is above 0x7f: at most 7 too low. */
    static int skipAscii(byte[] bytes, int from) {
        int i = from;
        while (i <= bytes.length - Long.BYTES && ((long) EIGHT.get(bytes, i) & TOP_BITS) == 0) {
            i += Long.BYTES;
        }
        return i;
    }

    /** Not 0 when one of eight bytes is below a space, DEL or above. */
    private static long unlikeText(long eight) {
        long high = eight | (eight + EACH);
        long low = (eight - ' ' * EACH) & ~eight;
        return (high | low) & TOP_BITS;
    }

    /** Not 0 when one of eight bytes is this character. */
    private static long holding(char c, long eight) {
        long zeroWhereEqual = eight ^ (c * EACH);
        return (zeroWhereEqual - EACH) & ~zeroWhereEqual & TOP_BITS;
    }
}
