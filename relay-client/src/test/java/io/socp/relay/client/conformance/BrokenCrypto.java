package io.socp.relay.client.conformance;

import io.socp.relay.crypto.RsaPublicKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/** A verifier that knows one length of salt only. */
final class BrokenCrypto {

    private BrokenCrypto() {}

    static boolean verifies(RsaPublicKey key, int saltBytes, byte[] message, byte[] signature) {
        try {
            PublicKey known =
                    KeyFactory.getInstance("RSA")
                            .generatePublic(new X509EncodedKeySpec(key.key().getEncoded()));
            Signature pss = Signature.getInstance("RSASSA-PSS");
            pss.setParameter(
                    new PSSParameterSpec(
                            "SHA-256",
                            "MGF1",
                            MGF1ParameterSpec.SHA256,
                            saltBytes,
                            PSSParameterSpec.TRAILER_FIELD_BC));
            pss.initVerify(known);
            pss.update(message);
            return pss.verify(signature);
        } catch (GeneralSecurityException wrong) {
            return false;
        }
    }
}
