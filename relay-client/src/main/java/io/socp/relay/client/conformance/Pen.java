package io.socp.relay.client.conformance;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.Signer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;

/** Makes transport signatures: RSASSA-PSS over the canonical payload (SOCP §12). */
@FunctionalInterface
interface Pen {

    /** The signature of these bytes. */
    byte[] sign(byte[] message);

    /** The {@code sig} for a payload, base64url without padding. */
    default String sig(JsonObject payload) {
        return Base64Url.encode(sign(Payload.of(payload).canonical()));
    }

    /** Salt of 478 bytes, the longest. */
    static Pen of(IdentityKey key) {
        Signer signer = key.signer();
        return signer::sign;
    }

    /** The same key with another length of salt, which the standard leaves open. */
    static Pen of(IdentityKey key, int saltBytes) {
        PrivateKey privateKey = privateKey(key);
        return message -> sign(privateKey, saltBytes, message);
    }

    static byte[] sign(PrivateKey key, int saltBytes, byte[] message) {
        try {
            Signature pss = Signature.getInstance("RSASSA-PSS");
            pss.setParameter(
                    new PSSParameterSpec(
                            "SHA-256",
                            "MGF1",
                            MGF1ParameterSpec.SHA256,
                            saltBytes,
                            PSSParameterSpec.TRAILER_FIELD_BC));
            pss.initSign(key);
            pss.update(message);
            return pss.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime signs with PSS", e);
        }
    }

    private static PrivateKey privateKey(IdentityKey key) {
        String body = key.toPem().replaceAll("-----[A-Z ]+-----", "");
        byte[] pkcs8 = Base64.getMimeDecoder().decode(body.getBytes(StandardCharsets.US_ASCII));
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key we made is readable", e);
        }
    }
}
