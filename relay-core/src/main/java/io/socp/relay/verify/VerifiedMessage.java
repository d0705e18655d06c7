package io.socp.relay.verify;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.Immutable;

/** A message whose proof was checked. Immutable. Made by {@link MessageVerifier} alone. */
@Immutable
public final class VerifiedMessage {

    private final Envelope envelope;
    private final SocpMessage message;
    private final LinkIdentity link;
    private final Proof proof;

    VerifiedMessage(Vetted vetted, Proof proof) {
        this.envelope = vetted.envelope();
        this.message = vetted.message();
        this.link = vetted.link();
        this.proof = proof;
    }

    /** The frame as it was received; what is forwarded. */
    public Envelope envelope() {
        return envelope;
    }

    public SocpMessage message() {
        return message;
    }

    /** Who the link's other end was when the message arrived. */
    public LinkIdentity link() {
        return link;
    }

    public Proof proof() {
        return proof;
    }
}
