package io.socp.relay.client.load;

/** The check that an option is within its bounds. */
final class Bounds {

    private Bounds() {}

    /** {@link IllegalArgumentException} that names the option and its bounds. */
    static void check(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    what + " must be " + min + " to " + max + ", not " + value);
        }
    }
}
