package io.socp.relay.engine;

import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageReference;
import io.socp.relay.ownership.Immutable;

/**
 * That a message of {@code author} could not be brought to {@code recipient}. Immutable.
 *
 * @param reference the bits of a {@link MessageReference}, or none
 */
@Immutable
public record Complaint(UserId author, UserId recipient, long reference) {

    /** About a message that has no reference, or an unknown one. */
    public Complaint(UserId author, UserId recipient) {
        this(author, recipient, MessageReference.NONE);
    }
}
