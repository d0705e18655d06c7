package io.socp.relay.dedup;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import io.socp.relay.verify.VerifiedMessage;

/**
 * A verified message seen for the first time. Immutable. Made by {@link SeenMessages} alone; only
 * this may be routed or change any state.
 */
@Immutable
public final class Admitted implements Admission {

    private final VerifiedMessage verified;

    Admitted(VerifiedMessage verified) {
        this.verified = verified;
    }

    public SocpMessage message() {
        return verified.message();
    }

    public Envelope envelope() {
        return verified.envelope();
    }

    public LinkIdentity link() {
        return verified.link();
    }

    public Proof proof() {
        return verified.proof();
    }
}
