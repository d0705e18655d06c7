package io.socp.relay.verify;

import io.socp.relay.ownership.Immutable;

/**
 * Whether the content signature of a user's message is checked where the link has proven whose it
 * is and the message has no other signature. Immutable.
 */
@Immutable
public enum ContentCheck {
    /** Here, once, before it goes anywhere. */
    ALWAYS,
    /** By its readers alone; frames of links that prove nothing are checked all the same. */
    NEVER
}
