package io.socp.relay.verify;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.Immutable;

/** On what strength a message was accepted. Immutable. Later stages switch on it. */
@Immutable
public sealed interface Proof {

    /** The transport signature over the payload holds under this key. */
    record SignedBy(RsaPublicKey key) implements Proof {}

    /** The author's end-to-end content signature holds under this key. */
    record ContentSignedBy(RsaPublicKey key) implements Proof {}

    /** An unsigned greeting, which the standard allows: a claim, not a proof. */
    record FirstContact() implements Proof {}

    /** Unsigned, and without effect on anyone but the link it came on. */
    record LinkOnly() implements Proof {}
}
