package io.socp.relay.engine;

import io.socp.relay.ownership.Immutable;
import java.util.List;

/**
 * What became of one frame. Immutable.
 *
 * @param verdict for the count of frames
 * @param effects what is to be done, in order
 */
@Immutable
public record Outcome(Verdict verdict, List<RelayEffect> effects) {

    public Outcome {
        effects = List.copyOf(effects);
    }

    /** How a frame fared. */
    public enum Verdict {
        /** Routed, answered or handed to the control plane. */
        ACCEPTED,
        /** Seen before, or our own coming back: dropped silently. */
        DUPLICATE,
        /** Not an envelope, or one with a field that is not what its type demands. */
        MALFORMED,
        /** A type nobody knows, or a key that cannot be used. */
        UNUSABLE,
        /** Refused by the link's policy, before any RSA. */
        REFUSED,
        /** Its signature does not hold. */
        UNVERIFIED,
        /** Nobody to give it to. */
        UNDELIVERABLE,
        /** More than its sender may send in such a time: dropped before any RSA. */
        LIMITED,
        /** Given up because the relay is short of memory. */
        SHED
    }
}
