package io.socp.relay.crypto;

/** Decides whether a signature holds; the seam where verifications are timed. Thread-safe. */
@FunctionalInterface
public interface SignatureCheck {

    /** Whether {@code signature} is the key's signature of {@code message}; never throws. */
    boolean verifies(RsaPublicKey key, byte[] message, byte[] signature);
}
