package io.socp.relay.client.load;

/** What vouches for a user's frames. */
public enum LinkMode {

    /** A transport signature on each: plain SOCP. */
    STRICT("strict", "plain SOCP (strict)"),

    /** The link, on which both ends have proven their keys; texts are still signed for readers. */
    AUTHENTICATED("link-auth", "link authentication"),

    /** Nothing: frames as on an authenticated link, for a raw server, which asks for no proof. */
    ON_TRUST("on-trust", "no authentication");

    private final String word;
    private final String description;

    LinkMode(String word, String description) {
        this.word = word;
        this.description = description;
    }

    /** For people. */
    String description() {
        return description;
    }

    /** For programs. */
    String word() {
        return word;
    }

    /** Whether frames bear a transport signature. */
    boolean isSigned() {
        return this == STRICT;
    }
}
