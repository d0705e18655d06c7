package io.socp.relay.client.session;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import java.util.Arrays;

/**
 * The check of an envelope's {@code sig} (SOCP §6). Covers the payload only: {@code from}, {@code
 * to} and {@code ts} are the relay's word.
 */
public final class TransportSignature {

    private TransportSignature() {}

    /** Whether {@code key} signed the payload, in any of the forms in which signers write it. */
    public static boolean holds(SignatureVerifier verifier, RsaPublicKey key, Envelope envelope) {
        if (envelope.sig().isEmpty()) {
            return false;
        }
        byte[] signature;
        try {
            signature = Base64Url.decode(envelope.sig());
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        // Our own clients send the canonical form itself: then nothing has to be written again.
        byte[] received = envelope.payload().bytes();
        return verifier.verifies(key, received, signature)
                || envelope.payload().signedForms().stream()
                        .filter(form -> !Arrays.equals(form, received))
                        .anyMatch(form -> verifier.verifies(key, form, signature));
    }
}
