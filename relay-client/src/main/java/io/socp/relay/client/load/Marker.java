package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * Finds the number of a payload in a frame without reading the frame. Event-loop confined: it
 * remembers where it found the last one.
 *
 * <p>The ciphertext of each payload begins with {@code bnch} and four characters of base64url, 24
 * bits: the payload's number. Frames of one kind have it at one place, which is looked at first.
 */
@EventLoopConfined
final class Marker {

    private static final int NONE = -1;
    private static final byte[] START = "\"bnch".getBytes(US_ASCII);
    private static final int DIGITS = 4;
    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final byte[] VALUES = values();

    private int lastOffset;

    /** The ciphertext's text, with the number at its beginning. */
    static String mark(int number, String ciphertext) {
        StringBuilder text = new StringBuilder(ciphertext);
        text.replace(0, START.length - 1, new String(START, 1, START.length - 1, US_ASCII));
        for (int i = 0; i < DIGITS; i++) {
            int value = (number >> (6 * (DIGITS - 1 - i))) & 63;
            text.setCharAt(START.length - 1 + i, ALPHABET.charAt(value));
        }
        return text.toString();
    }

    /** The number in the frame at {@code [index, index + length)}, or -1 when there is none. */
    int find(ByteBuf bytes, int index, int length) {
        if (isAt(bytes, index + lastOffset, index + length)) {
            return number(bytes, index + lastOffset);
        }
        int end = index + length;
        for (int at = bytes.indexOf(index, end, START[0]);
                at >= 0;
                at = bytes.indexOf(at + 1, end, START[0])) {
            if (isAt(bytes, at, end)) {
                lastOffset = at - index;
                return number(bytes, at);
            }
        }
        return NONE;
    }

    private static boolean isAt(ByteBuf bytes, int at, int end) {
        if (at + START.length + DIGITS > end) {
            return false;
        }
        for (int i = 0; i < START.length; i++) {
            if (bytes.getByte(at + i) != START[i]) {
                return false;
            }
        }
        return true;
    }

    private static int number(ByteBuf bytes, int at) {
        int number = 0;
        for (int i = 0; i < DIGITS; i++) {
            int value = VALUES[bytes.getByte(at + START.length + i) & 0x7f];
            if (value < 0) {
                return NONE;
            }
            number = (number << 6) | value;
        }
        return number;
    }

    private static byte[] values() {
        byte[] values = new byte[128];
        java.util.Arrays.fill(values, (byte) NONE);
        for (int i = 0; i < ALPHABET.length(); i++) {
            values[ALPHABET.charAt(i)] = (byte) i;
        }
        return values;
    }
}
