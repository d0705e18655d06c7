package io.socp.relay.verify;

/** What came of checking a message's proof. */
public sealed interface Verification {

    /** The proof holds. */
    record Accepted(VerifiedMessage message) implements Verification {}

    /** It does not. */
    record Rejected(Rejection rejection) implements Verification {}
}
