package io.socp.relay.client.load;

import io.socp.relay.crypto.KeyContainer;

/**
 * What a server wants of a user's hello. Servers that demand a login of their own, or verify {@code
 * content_sig}, are out of reach: the corpus is signed for no particular time.
 */
public enum Dialect {

    /** This project's relay: it welcomes a hello that asks for it, and is asked for no presence. */
    OURS(KeyContainer.DER_BASE64URL, "*"),

    /** SOCP v1.3 to the letter. */
    PLAIN(KeyContainer.DER_BASE64URL, "*"),

    /** Plain, with keys as base64url of PEM. */
    FENGYUAN213(KeyContainer.PEM_BASE64URL, "*"),

    /** Plain, addressed to a {@code server_…}. */
    TROUBLESOME12(KeyContainer.DER_BASE64URL, "server_*");

    private final KeyContainer container;
    private final String helloTo;

    Dialect(KeyContainer container, String helloTo) {
        this.container = container;
        this.helloTo = helloTo;
    }

    KeyContainer container() {
        return container;
    }

    String helloTo() {
        return helloTo;
    }

    /** Whether a hello is answered; otherwise silence is consent (SOCP §10). */
    boolean isWelcoming() {
        return this == OURS;
    }
}
