package io.socp.relay.envelope;

/**
 * Strict check of UTF-8 (RFC 3629, table 3-7 of the Unicode standard): no overlong forms, no
 * surrogates, nothing above U+10FFFF, nothing cut short. JSON readers let some of these through.
 */
final class Utf8 {

    private Utf8() {}

    static boolean isWellFormed(byte[] bytes) {
        int i = 0;
        while (true) {
            i = PlainText.skipAscii(bytes, i);
            if (i == bytes.length) {
                return true;
            }
            int length = bytes[i] >= 0 ? 1 : sequenceLength(bytes, i);
            if (length == 0) {
                return false;
            }
            i += length;
        }
    }

    /** Length of the sequence of 2 to 4 bytes that starts at {@code i}, or 0 when malformed. */
    private static int sequenceLength(byte[] bytes, int i) {
        int lead = bytes[i] & 0xff;
        int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
        if (length == 0 || i + length > bytes.length) {
            return 0;
        }
        int second = bytes[i + 1] & 0xff;
        int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high) {
            return 0;
        }
        for (int k = 2; k < length; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
