package io.socp.relay.message;

/** The six error codes of the standard (SOCP §9.5). */
public enum ErrorCode {
    /** The recipient is unknown. */
    USER_NOT_FOUND,
    /** A signature is missing, or does not hold for whom the frame claims to be from. */
    INVALID_SIG,
    /** A key is malformed or not RSA-4096; also used, as by most others, for malformed fields. */
    BAD_KEY,
    /** The other end was silent, or its link is lost. */
    TIMEOUT,
    /** No such message type; also used, as by most others, for what is no envelope. */
    UNKNOWN_TYPE,
    /** The user id is online already. */
    NAME_IN_USE
}
