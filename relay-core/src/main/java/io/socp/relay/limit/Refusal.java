package io.socp.relay.limit;

/** Why a connection is turned away; also the tag under which it is counted. */
public enum Refusal {
    /** As many are connected as may be. */
    FULL,
    /** As many are connected from its address as may be. */
    ADDRESS_FULL,
    /** Too many new ones in too short a time. */
    RATE,
    /** Too many new ones from its address. */
    ADDRESS_RATE,
    /** Its address is shut out. */
    BANNED,
    /** It came by a proxy that does not say from where, as it should. */
    PROXY_HEADER
}
