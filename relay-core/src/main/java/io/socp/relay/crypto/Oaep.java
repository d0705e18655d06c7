package io.socp.relay.crypto;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** RSA-OAEP with SHA-256, MGF1-SHA-256 and an empty label (SOCP §3), one block at a time. */
public final class Oaep {

    /** Longest text of one block: 512 - 2 * 32 - 2. */
    public static final int PLAINTEXT_BYTES_MAX = 446;

    private static final OAEPParameterSpec PARAMETERS =
            new OAEPParameterSpec(
                    "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

    private Oaep() {}

    /**
     * One block of 512 bytes; {@link IllegalArgumentException} past {@link #PLAINTEXT_BYTES_MAX}.
     */
    public static byte[] encrypt(RsaPublicKey key, byte[] plaintext) {
        if (plaintext.length > PLAINTEXT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "plaintext exceeds " + PLAINTEXT_BYTES_MAX + " bytes");
        }
        try {
            return run(CryptoProvider.chosen(), Cipher.ENCRYPT_MODE, key.key(), plaintext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("provider refuses to encrypt", e);
        }
    }

    static byte[] run(CryptoProvider provider, int mode, Key key, byte[] input)
            throws GeneralSecurityException {
        Cipher cipher = provider.oaep();
        cipher.init(mode, key, PARAMETERS);
        return cipher.doFinal(input);
    }
}
