package io.socp.relay.verify;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.verify.Rejection.Reason;

/** One frame on one link, on which the {@link LinkPolicy} decides. Immutable. */
@Immutable
record Case(Envelope envelope, SocpMessage message, LinkIdentity link) {

    Vetting needs(Requirement requirement) {
        return new Vetted(envelope, message, link, requirement);
    }

    Vetting refuse(Reason reason, String detail) {
        return new Vetting.Refused(new Rejection(reason, detail));
    }

    /** Whether the frame leaves its proof to the link, and the link gives it. */
    boolean isProvenByLink() {
        return envelope.sig().isEmpty() && link.frames() == FrameProof.LINK;
    }

    Vetting outOfPlace() {
        return refuse(
                Reason.OUT_OF_PLACE, envelope.type() + " is not expected on this kind of link");
    }
}
