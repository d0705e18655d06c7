package io.socp.relay.verify;

import io.socp.relay.message.ErrorCode;
import io.socp.relay.ownership.Immutable;

/**
 * A message refused by the other end's fault. Immutable.
 *
 * @param detail says to the other end what was wrong; never contains our internals
 */
@Immutable
public record Rejection(Reason reason, String detail) {

    /** Why; also the tag under which it is counted. */
    public enum Reason {
        /** The first frame of a link introduced nobody. */
        NO_HELLO(ErrorCode.UNKNOWN_TYPE),
        /** Before the other end has said who it is, on a link that we opened. */
        TOO_EARLY(ErrorCode.UNKNOWN_TYPE),
        /** This type is not for this kind of link. */
        OUT_OF_PLACE(ErrorCode.UNKNOWN_TYPE),
        /** {@code from} is not whom the link belongs to. */
        FOREIGN_SENDER(ErrorCode.INVALID_SIG),
        /** The sender's clock, or the frame, is too far from now. */
        STALE(ErrorCode.INVALID_SIG),
        /** No signature where one is required. */
        SIGNATURE_MISSING(ErrorCode.INVALID_SIG),
        /** A signature that does not hold. */
        SIGNATURE_WRONG(ErrorCode.INVALID_SIG),
        /** Signed by someone whose key we do not know. */
        UNKNOWN_ORIGIN(ErrorCode.INVALID_SIG),
        /** News of a server that is linked itself, from somebody else. */
        HEARSAY(ErrorCode.INVALID_SIG),
        /** A hello that was signed for another connection or another server. */
        MEANT_FOR_ANOTHER(ErrorCode.INVALID_SIG),
        /** Not the key that is pinned to this id. */
        KEY_MISMATCH(ErrorCode.BAD_KEY);

        private final ErrorCode code;

        Reason(ErrorCode code) {
            this.code = code;
        }

        /** The code to answer with. */
        public ErrorCode code() {
            return code;
        }
    }
}
