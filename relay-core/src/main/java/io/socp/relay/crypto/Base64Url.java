package io.socp.relay.crypto;

import java.util.Base64;

/**
 * Base64 text as SOCP writes binary values: URL-safe alphabet, no padding (SOCP §3).
 *
 * <p>Reads what other implementations write as well: either alphabet, padded or not. White space
 * and leftover bits that are not zero are refused, so that one value has few texts.
 */
public final class Base64Url {

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private Base64Url() {}

    public static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /** The bytes behind the text; {@link IllegalArgumentException} when it is not base64. */
    public static byte[] decode(String text) {
        byte[] bytes = DECODER.decode(text.replace('+', '-').replace('/', '_'));
        if (hasLeftoverBits(text, bytes.length)) {
            throw new IllegalArgumentException("base64 text has leftover bits");
        }
        return bytes;
    }

    /** Two last characters hold one byte and 4 bits more, three hold two bytes and 2 bits. */
    private static boolean hasLeftoverBits(String text, int bytes) {
        int unused =
                switch (bytes % 3) {
                    case 1 -> 0b1111;
                    case 2 -> 0b11;
                    default -> 0;
                };
        // The last character that counts; padding comes after it.
        return unused != 0 && (valueOf(text.charAt((bytes * 8 + 5) / 6 - 1)) & unused) != 0;
    }

    private static int valueOf(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return c == '+' || c == '-' ? 62 : 63;
    }
}
