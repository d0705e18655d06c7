package io.socp.relay.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Parameters of RSASSA-PSS with SHA-256 and MGF1-SHA-256 over RSA-4096 (SOCP §3), and the layout of
 * its encoded message (RFC 8017 §9.1).
 *
 * <p>The salt length is not in the standard: most implementations use the longest, 478, some 32.
 */
final class Pss {

    /** The longest salt: 512 - 32 - 2. Verifiers of Python's cryptography demand exactly this. */
    static final int SALT_BYTES_MAX = 478;

    static final int SIGNATURE_BYTES = 512;

    private static final int HASH_BYTES = 32;
    private static final int DB_BYTES = SIGNATURE_BYTES - HASH_BYTES - 1;
    private static final byte TRAILER = (byte) 0xbc;

    private Pss() {}

    static PSSParameterSpec parameters(int saltBytes) {
        return new PSSParameterSpec(
                "SHA-256",
                "MGF1",
                MGF1ParameterSpec.SHA256,
                saltBytes,
                PSSParameterSpec.TRAILER_FIELD_BC);
    }

    /**
     * The salt length an encoded message claims, from the place of the 0x01 that ends its zero
     * padding; nothing when the bytes have no such shape. Proves nothing: the hash is not checked.
     */
    static OptionalInt claimedSaltBytes(byte[] encoded) {
        if (encoded.length != SIGNATURE_BYTES || encoded[SIGNATURE_BYTES - 1] != TRAILER) {
            return OptionalInt.empty();
        }
        byte[] hash = Arrays.copyOfRange(encoded, DB_BYTES, DB_BYTES + HASH_BYTES);
        byte[] mask = mgf1(hash, DB_BYTES);
        for (int i = 0; i < DB_BYTES; i++) {
            int db = (encoded[i] ^ mask[i]) & (i == 0 ? 0x7f : 0xff); // 4095 bits: top bit is void
            if (db != 0) {
                return db == 1 ? OptionalInt.of(DB_BYTES - i - 1) : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    private static byte[] mgf1(byte[] seed, int length) {
        MessageDigest sha256 = sha256();
        byte[] mask = new byte[(length + HASH_BYTES - 1) / HASH_BYTES * HASH_BYTES];
        for (int i = 0; i * HASH_BYTES < mask.length; i++) {
            sha256.update(seed);
            // The counter is four bytes, big-endian; it stays below 256 here.
            byte[] block = sha256.digest(new byte[] {0, 0, 0, (byte) i});
            System.arraycopy(block, 0, mask, i * HASH_BYTES, HASH_BYTES);
        }
        return mask;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
