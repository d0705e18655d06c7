package io.socp.relay.crypto;

import io.socp.relay.ownership.ThreadSafe;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.OptionalInt;
import javax.crypto.Cipher;

/**
 * Checks RSASSA-PSS signatures of any salt length. Thread-safe: one JCA object per thread, nothing
 * else changes.
 *
 * <p>A provider verifies one given salt length only, and SOCP does not state it. So the length that
 * held last for this key is tried first (478 in the beginning). When that fails, the length is read
 * out of the signature itself and, if it is another one, the provider decides again with it. Only
 * the provider ever says yes.
 *
 * <p>Cost: one public-key operation for a good signature of known salt, two for a bad one, at most
 * three. Nothing a stranger sends makes it throw.
 */
@ThreadSafe
public final class SignatureVerifier implements SignatureCheck {

    private final CryptoProvider provider;
    private final ThreadLocal<Signature> signatures;

    public SignatureVerifier() {
        this(CryptoProvider.chosen());
    }

    public SignatureVerifier(CryptoProvider provider) {
        this.provider = provider;
        this.signatures = ThreadLocal.withInitial(provider::pss);
    }

    @Override
    public boolean verifies(RsaPublicKey key, byte[] message, byte[] signature) {
        if (signature.length != Pss.SIGNATURE_BYTES || !key.exceeds(signature)) {
            return false;
        }
        PublicKey publicKey = key.key(provider);
        int remembered = key.saltBytes();
        if (verifies(publicKey, remembered, message, signature)) {
            return true;
        }
        OptionalInt claimed = claimedSaltBytes(publicKey, signature);
        if (claimed.isEmpty()
                || claimed.getAsInt() == remembered
                || !verifies(publicKey, claimed.getAsInt(), message, signature)) {
            return false;
        }
        key.rememberSaltBytes(claimed.getAsInt());
        return true;
    }

    private boolean verifies(PublicKey key, int saltBytes, byte[] message, byte[] signature) {
        Signature pss = signatures.get();
        try {
            // The key first: ACCP judges the salt length by the key, and without one by RSA-2048.
            pss.initVerify(key);
            pss.setParameter(Pss.parameters(saltBytes));
            pss.update(message);
            return pss.verify(signature);
        } catch (SignatureException _) {
            signatures.remove();
            return false;
        } catch (GeneralSecurityException e) {
            signatures.remove();
            throw new IllegalStateException("provider refuses a checked key or salt length", e);
        }
    }

    private OptionalInt claimedSaltBytes(PublicKey key, byte[] signature) {
        try {
            Cipher rsa = provider.rawRsa();
            rsa.init(Cipher.ENCRYPT_MODE, key);
            return Pss.claimedSaltBytes(leftPadded(rsa.doFinal(signature)));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("provider refuses a checked key", e);
        } catch (GeneralSecurityException _) {
            return OptionalInt.empty();
        }
    }

    /** Some providers drop leading zero bytes. */
    private static byte[] leftPadded(byte[] block) {
        if (block.length >= Pss.SIGNATURE_BYTES) {
            return block;
        }
        byte[] padded = new byte[Pss.SIGNATURE_BYTES];
        System.arraycopy(block, 0, padded, padded.length - block.length, block.length);
        return padded;
    }
}
