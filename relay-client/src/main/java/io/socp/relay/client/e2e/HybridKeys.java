package io.socp.relay.client.e2e;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;

/** Keys that came wrapped in an OAEP block, checked for their length. */
final class HybridKeys {

    private HybridKeys() {}

    /** What the block holds, if it is {@code bytes} long. */
    static byte[] unwrap(IdentityKey reader, byte[] block, int bytes)
            throws GeneralSecurityException {
        byte[] unwrapped = reader.decrypt(block);
        if (unwrapped.length != bytes) {
            throw new InvalidKeyException("a wrapped key has another length");
        }
        return unwrapped;
    }

    /** The same for a block in base64url. */
    static byte[] unwrap(IdentityKey reader, String block, int bytes)
            throws GeneralSecurityException {
        try {
            return unwrap(reader, Base64Url.decode(block), bytes);
        } catch (IllegalArgumentException notBase64) {
            throw new InvalidKeyException("a wrapped key is not base64url", notBase64);
        }
    }
}
