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
        String urlSafe = text.replace('+', '-').replace('/', '_');
        byte[] bytes = DECODER.decode(urlSafe);
        if (!urlSafe.startsWith(encode(bytes))) {
            throw new IllegalArgumentException("base64 text has leftover bits");
        }
        return bytes;
    }
}
