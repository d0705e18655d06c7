package io.socp.relay.message;

import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.ownership.Immutable;

/**
 * What one user sealed for another, as three opaque strings. Immutable; never normalised, so that
 * the bytes the user signed are the bytes the recipient checks.
 *
 * @param ciphertext base64url of one RSA-OAEP block, or whatever the sender's dialect puts there
 * @param senderPub the sender's public key as the sender wrote it; empty when absent
 * @param contentSig the sender's end-to-end signature (SOCP §12); empty when absent
 * @param others what else stood in the payload: some clients look for more than the standard has
 */
@Immutable
public record SealedText(
        String ciphertext, String senderPub, String contentSig, JsonObject others) {

    /** Nothing beside the standard's fields. */
    public SealedText(String ciphertext, String senderPub, String contentSig) {
        this(ciphertext, senderPub, contentSig, JsonObject.EMPTY);
    }
}
