package io.socp.relay.client.e2e;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.Oaep;
import io.socp.relay.crypto.RsaPublicKey;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The form of a {@link FileReceipt} in a direct message: two marker bytes and an OAEP block. */
final class SealedReceipt {

    private static final byte[] MARKER = {(byte) 0xc1, 0x03};
    private static final int BYTES = MARKER.length + 512;

    private SealedReceipt() {}

    static byte[] seal(FileReceipt receipt, RsaPublicKey reader) {
        byte[] block = Oaep.encrypt(reader, receipt.toBytes());
        byte[] sealed = Arrays.copyOf(MARKER, BYTES);
        System.arraycopy(block, 0, sealed, MARKER.length, block.length);
        return sealed;
    }

    static boolean isOne(String ciphertext) {
        try {
            byte[] bytes = Base64Url.decode(ciphertext);
            return bytes.length == BYTES
                    && Arrays.equals(bytes, 0, MARKER.length, MARKER, 0, MARKER.length);
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    static @Nullable FileReceipt open(String ciphertext, IdentityKey reader) {
        byte[] bytes = Base64Url.decode(ciphertext);
        try {
            return FileReceipt.of(
                    reader.decrypt(Arrays.copyOfRange(bytes, MARKER.length, bytes.length)));
        } catch (GeneralSecurityException notForUs) {
            return null;
        }
    }
}
