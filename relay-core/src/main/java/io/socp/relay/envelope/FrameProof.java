package io.socp.relay.envelope;

import io.socp.relay.ownership.Immutable;

/** What proves the frames of one link to be the other end's. Immutable. */
@Immutable
public enum FrameProof {
    /** Each frame's own {@code sig}, as the standard has it. */
    SIGNATURE,
    /**
     * The link: by TLS and what both ends have signed on it, each knows that it is the other's. A
     * frame that concerns nobody behind the hop has no signature.
     */
    LINK
}
