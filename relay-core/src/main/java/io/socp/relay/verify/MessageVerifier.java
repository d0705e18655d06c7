package io.socp.relay.verify;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureCheck;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.verify.Rejection.Reason;
import io.socp.relay.verify.Verification.Accepted;
import io.socp.relay.verify.Verification.Rejected;
import java.util.Arrays;

/**
 * Checks the proof a vetted message needs. Thread-safe; costs one RSA verification in the common
 * case, so it runs on the verify pool and never on an event loop.
 *
 * <p>A payload verifies in any canonical form known to be in use (ASCII-escaped, UTF-8, as
 * received); implementations differ in it only for text that is not ASCII.
 */
@ThreadSafe
public final class MessageVerifier {

    private final SignatureCheck signatures;

    public MessageVerifier(SignatureCheck signatures) {
        this.signatures = signatures;
    }

    /** Decides on {@code vetted}; leaves no trace but its answer. */
    public Verification verify(Vetted vetted) {
        Envelope envelope = vetted.envelope();
        return switch (vetted.requirement()) {
            case Requirement.LinkAlone() -> accepted(vetted, new Proof.LinkOnly());
            case Requirement.Greeting(RsaPublicKey key) ->
                    envelope.sig().isEmpty()
                            ? accepted(vetted, new Proof.FirstContact())
                            : bySignature(vetted, key);
            case Requirement.Transport(var keys) -> byAnyOf(vetted, keys);
            case Requirement.Author author -> byAuthor(vetted, author);
        };
    }

    private Verification byAnyOf(Vetted vetted, Iterable<RsaPublicKey> keys) {
        if (vetted.envelope().sig().isEmpty()) {
            return rejected(Reason.SIGNATURE_MISSING, vetted.envelope().type() + " needs a sig");
        }
        for (RsaPublicKey key : keys) {
            if (holds(key, vetted.envelope())) {
                return accepted(vetted, new Proof.SignedBy(key));
            }
        }
        return wrong(vetted);
    }

    private Verification bySignature(Vetted vetted, RsaPublicKey key) {
        return holds(key, vetted.envelope())
                ? accepted(vetted, new Proof.SignedBy(key))
                : wrong(vetted);
    }

    private Verification byAuthor(Vetted vetted, Requirement.Author author) {
        Envelope envelope = vetted.envelope();
        RsaPublicKey hop = author.hop();
        if (!envelope.sig().isEmpty()) {
            if (holds(author.key(), envelope)) {
                return accepted(vetted, new Proof.SignedBy(author.key()));
            }
            if (hop == null) {
                return wrong(vetted);
            }
            if (holds(hop, envelope)) {
                return accepted(vetted, new Proof.SignedBy(hop));
            }
        }
        return ContentSignature.holds(signatures, author.key(), author.message())
                ? accepted(vetted, new Proof.ContentSignedBy(author.key()))
                : rejected(
                        Reason.SIGNATURE_WRONG, "neither sig nor content_sig holds for the author");
    }

    private boolean holds(RsaPublicKey key, Envelope envelope) {
        byte[] signature;
        try {
            signature = Base64Url.decode(envelope.sig());
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        byte[] usual = envelope.payload().canonical();
        if (signatures.verifies(key, usual, signature)) {
            return true;
        }
        return envelope.payload().signedForms().stream()
                .filter(form -> !Arrays.equals(form, usual))
                .anyMatch(form -> signatures.verifies(key, form, signature));
    }

    private static Verification accepted(Vetted vetted, Proof proof) {
        return new Accepted(new VerifiedMessage(vetted, proof));
    }

    private static Verification wrong(Vetted vetted) {
        return rejected(
                Reason.SIGNATURE_WRONG,
                "sig of " + vetted.envelope().type() + " does not hold over its payload");
    }

    private static Verification rejected(Reason reason, String detail) {
        return new Rejected(new Rejection(reason, detail));
    }
}
