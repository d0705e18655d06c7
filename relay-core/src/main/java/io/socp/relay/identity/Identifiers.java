package io.socp.relay.identity;

/**
 * The bounds every user and server id is held to, whatever the configured {@link IdRule}.
 *
 * <p>1 to 128 UTF-16 units, each code point a visible ASCII character or a Unicode letter or digit:
 * foreign servers use plain names where SOCP §2 wants UUIDs.
 */
final class Identifiers {

    static final int CHARS_MAX = 128;

    private Identifiers() {}

    static boolean isWithinBounds(String id) {
        return !id.isEmpty()
                && id.length() <= CHARS_MAX
                && id.codePoints().allMatch(Identifiers::isAllowed);
    }

    static String check(String id, String what) {
        if (!isWithinBounds(id)) {
            throw new IllegalArgumentException(
                    what + " must be 1 to " + CHARS_MAX + " visible characters");
        }
        return id;
    }

    private static boolean isAllowed(int codePoint) {
        return codePoint < 0x80
                ? codePoint >= 0x21 && codePoint <= 0x7e
                : Character.isLetterOrDigit(codePoint);
    }
}
