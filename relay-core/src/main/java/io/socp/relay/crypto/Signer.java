package io.socp.relay.crypto;

import io.socp.relay.ownership.ThreadSafe;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * Makes RSASSA-PSS signatures with one key. Thread-safe: one JCA object per thread.
 *
 * <p>The salt has 478 bytes, the length most implementations demand (SOCP §3). A signature costs
 * about a millisecond of CPU.
 */
@ThreadSafe
public final class Signer {

    private final PrivateKey privateKey;
    private final RsaPublicKey publicKey;
    private final int saltBytes;
    private final ThreadLocal<Signature> signatures;

    /** A signer whose provider can hold the private key. */
    Signer(PrivateKey privateKey, RsaPublicKey publicKey, CryptoProvider provider, int saltBytes) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
        this.saltBytes = saltBytes;
        this.signatures = ThreadLocal.withInitial(provider::pss);
    }

    /** The signature of a message, 512 bytes. */
    public byte[] sign(byte[] message) {
        Signature pss = signatures.get();
        try {
            // The key first, for the reason given in SignatureVerifier.
            pss.initSign(privateKey);
            pss.setParameter(Pss.parameters(saltBytes));
            pss.update(message);
            return pss.sign();
        } catch (GeneralSecurityException e) {
            signatures.remove();
            throw new IllegalStateException("provider refuses to sign", e);
        }
    }

    public RsaPublicKey publicKey() {
        return publicKey;
    }
}
