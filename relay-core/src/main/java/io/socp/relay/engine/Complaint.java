package io.socp.relay.engine;

import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.Immutable;

/** That a message of {@code author} could not be brought to {@code recipient}. Immutable. */
@Immutable
public record Complaint(UserId author, UserId recipient) {}
