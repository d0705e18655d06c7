package io.socp.relay.client.e2e;

import io.socp.relay.crypto.CryptoProvider;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM with nonces of 12 bytes and tags of 16, as the hybrid forms use it. Ours: SOCP v1.3
 * knows RSA alone, so nothing made here goes to a client that has not asked for it.
 */
final class AesGcm {

    static final int KEY_BYTES = 32;
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private AesGcm() {}

    /**
     * The sealed bytes with their tag.
     *
     * @param nonce never used twice under one key
     * @param bound what the reader must know as well; not part of the result
     */
    static byte[] seal(byte[] key, byte[] nonce, byte[] bound, byte[] plain) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, key, nonce, bound).doFinal(plain);
        } catch (GeneralSecurityException refused) {
            throw new IllegalStateException("every Java runtime has AES-GCM", refused);
        }
    }

    /** The plain bytes; fails when anything was changed. */
    static byte[] open(byte[] key, byte[] nonce, byte[] bound, byte[] sealed)
            throws GeneralSecurityException {
        return cipher(Cipher.DECRYPT_MODE, key, nonce, bound).doFinal(sealed);
    }

    static byte[] random(int bytes) {
        byte[] made = new byte[bytes];
        RANDOM.nextBytes(made);
        return made;
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, byte[] bound)
            throws GeneralSecurityException {
        Cipher cipher = CryptoProvider.chosen().aesGcm();
        cipher.init(
                mode,
                new SecretKeySpec(key, "AES"),
                new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(bound);
        return cipher;
    }
}
