package io.socp.relay.client.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.Oaep;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.Immutable;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * The key of one hybrid file transfer: 32 bytes of AES-256 and 8 bytes with which all its nonces
 * begin. Immutable. Made for one transfer, wrapped once in its FILE_START.
 *
 * <p>A piece's nonce is the prefix and the piece's index; the file's id is bound to every piece.
 */
@Immutable
public final class FileKey {

    private static final int PREFIX_BYTES = 8;

    private final byte[] secret;

    private FileKey(byte[] secret) {
        this.secret = secret;
    }

    public static FileKey random() {
        return new FileKey(AesGcm.random(AesGcm.KEY_BYTES + PREFIX_BYTES));
    }

    /** The payload's {@code wrapped_key}: base64url of one OAEP block. */
    public String wrappedFor(RsaPublicKey recipient) {
        return Base64Url.encode(Oaep.encrypt(recipient, secret));
    }

    /** Reads a {@code wrapped_key}. */
    public static FileKey unwrap(String wrapped, IdentityKey reader)
            throws GeneralSecurityException {
        return new FileKey(HybridKeys.unwrap(reader, wrapped, AesGcm.KEY_BYTES + PREFIX_BYTES));
    }

    byte[] seal(String fileId, int index, byte[] piece) {
        return AesGcm.seal(key(), nonce(index), fileId.getBytes(UTF_8), piece);
    }

    byte[] open(String fileId, int index, byte[] sealed) throws GeneralSecurityException {
        return AesGcm.open(key(), nonce(index), fileId.getBytes(UTF_8), sealed);
    }

    private byte[] key() {
        return Arrays.copyOf(secret, AesGcm.KEY_BYTES);
    }

    private byte[] nonce(int index) {
        return ByteBuffer.allocate(AesGcm.NONCE_BYTES)
                .put(secret, AesGcm.KEY_BYTES, PREFIX_BYTES)
                .putInt(index)
                .array();
    }
}
