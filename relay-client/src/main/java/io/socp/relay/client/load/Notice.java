package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/** What of a server's frame a generator reads: whether it is an ERROR, and the like. */
final class Notice {

    private static final byte[] TYPE = "\"type\"".getBytes(US_ASCII);
    private static final byte[] ERROR = "\"ERROR\"".getBytes(US_ASCII);
    private static final byte[] LINK_AUTH = "\"link_auth\"".getBytes(US_ASCII);
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] UNSIGNED = "\"sig\":\"\"}".getBytes(US_ASCII);
    private static final byte[] CODE = "\"code\"".getBytes(US_ASCII);
    private static final int CODE_CHARS_MAX = 40;
    private static final String UNKNOWN = "UNKNOWN";

    private Notice() {}

    /** Whether {@code "type"} is {@code "ERROR"}, with or without white space between. */
    static boolean isError(ByteBuf bytes, int index, int length) {
        int end = index + length;
        int value = valueOf(TYPE, bytes, index, end);
        return value >= 0 && isAt(ERROR, bytes, value, end);
    }

    /** Whether a welcome says that the link is authenticated. */
    static boolean isLinkAuthenticated(ByteBuf bytes, int index, int length) {
        int end = index + length;
        int value = valueOf(LINK_AUTH, bytes, index, end);
        return value >= 0 && isAt(TRUE, bytes, value, end);
    }

    /** Whether a frame ends as ours without a transport signature do. */
    static boolean isUnsigned(ByteBuf bytes, int index, int length) {
        int end = index + length;
        return length >= UNSIGNED.length && isAt(UNSIGNED, bytes, end - UNSIGNED.length, end);
    }

    /** The error's code as the server writes it, or {@code UNKNOWN}. */
    static String code(ByteBuf bytes, int index, int length) {
        int end = index + length;
        int value = valueOf(CODE, bytes, index, end);
        if (value < 0 || bytes.getByte(value) != '"') {
            return UNKNOWN;
        }
        int close = bytes.indexOf(value + 1, Math.min(end, value + CODE_CHARS_MAX), (byte) '"');
        String code = close < 0 ? "" : bytes.toString(value + 1, close - value - 1, US_ASCII);
        return code.matches("[A-Za-z0-9_]+") ? code : UNKNOWN;
    }

    /** Where the value behind a name begins, or -1. */
    private static int valueOf(byte[] name, ByteBuf bytes, int index, int end) {
        for (int at = index; at + name.length < end; at++) {
            if (isAt(name, bytes, at, end)) {
                int value = at + name.length;
                while (value < end - 1 && " :\t\n\r".indexOf(bytes.getByte(value)) >= 0) {
                    value++;
                }
                return value;
            }
        }
        return -1;
    }

    private static boolean isAt(byte[] wanted, ByteBuf bytes, int at, int end) {
        if (at + wanted.length > end) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (bytes.getByte(at + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
