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
        return !id.isEmpty() && id.length() <= CHARS_MAX && hasOnlyAllowed(id);
    }

    /** Written out, since it is asked several times for each frame. */
    private static boolean hasOnlyAllowed(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c >= 0x80) {
                return id.codePoints().skip(i).allMatch(Identifiers::isAllowed);
            }
            if (!isAllowed(c)) {
                return false;
            }
        }
        return true;
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
