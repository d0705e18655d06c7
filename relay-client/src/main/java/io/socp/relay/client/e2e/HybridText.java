package io.socp.relay.client.e2e;

import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.Oaep;
import io.socp.relay.crypto.RsaPublicKey;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * The hybrid form of a direct text that no RSA block holds: two marker bytes, the OAEP block with a
 * fresh key, a nonce, and the text under AES-256-GCM ({@code docs/protocol.md} §8).
 *
 * <p>The first marker byte never occurs in UTF-8, so no reader takes the form for a text; its
 * length tells it from a plain OAEP block.
 */
final class HybridText {

    private static final byte[] MARKER = {(byte) 0xc1, 0x01};
    private static final int BLOCK_BYTES = 512;
    private static final int HEAD_BYTES = MARKER.length + BLOCK_BYTES + AesGcm.NONCE_BYTES;

    private HybridText() {}

    static byte[] seal(RsaPublicKey recipient, byte[] text) {
        byte[] key = AesGcm.random(AesGcm.KEY_BYTES);
        byte[] nonce = AesGcm.random(AesGcm.NONCE_BYTES);
        byte[] sealed = AesGcm.seal(key, nonce, MARKER, text);
        return ByteBuffer.allocate(HEAD_BYTES + sealed.length)
                .put(MARKER)
                .put(Oaep.encrypt(recipient, key))
                .put(nonce)
                .put(sealed)
                .array();
    }

    static boolean isOne(byte[] ciphertext) {
        return ciphertext.length >= HEAD_BYTES + AesGcm.TAG_BYTES
                && Arrays.equals(ciphertext, 0, MARKER.length, MARKER, 0, MARKER.length);
    }

    /** The text's bytes; {@code ciphertext} is one of this form. */
    static byte[] open(IdentityKey reader, byte[] ciphertext) throws GeneralSecurityException {
        ByteBuffer parts = ByteBuffer.wrap(ciphertext).position(MARKER.length);
        byte[] block = new byte[BLOCK_BYTES];
        byte[] nonce = new byte[AesGcm.NONCE_BYTES];
        parts.get(block).get(nonce);
        byte[] sealed = new byte[parts.remaining()];
        parts.get(sealed);
        return AesGcm.open(
                HybridKeys.unwrap(reader, block, AesGcm.KEY_BYTES), nonce, MARKER, sealed);
    }
}
