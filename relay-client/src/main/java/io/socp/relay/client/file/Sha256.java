package io.socp.relay.client.file;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest a file is announced and checked by (SOCP §9.4). */
final class Sha256 {

    /** Characters of the digest in hex. */
    static final int HEX_CHARS = 64;

    private Sha256() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
