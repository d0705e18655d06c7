package io.socp.relay.verify;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.Immutable;

/**
 * A message that is acceptable on its link, of the right age, from the right sender, and not yet
 * proven. Immutable. Made by {@link LinkPolicy} alone.
 */
@Immutable
public final class Vetted implements Vetting {

    private final Envelope envelope;
    private final SocpMessage message;
    private final LinkIdentity link;
    private final Requirement requirement;

    Vetted(Envelope envelope, SocpMessage message, LinkIdentity link, Requirement requirement) {
        this.envelope = envelope;
        this.message = message;
        this.link = link;
        this.requirement = requirement;
    }

    public Envelope envelope() {
        return envelope;
    }

    public SocpMessage message() {
        return message;
    }

    /** Whether it is soon done: its link proves all there is to prove, and its answer is short. */
    public boolean isQuick() {
        return requirement instanceof Requirement.LinkAlone && !(message instanceof QueryMessage);
    }

    LinkIdentity link() {
        return link;
    }

    Requirement requirement() {
        return requirement;
    }
}
