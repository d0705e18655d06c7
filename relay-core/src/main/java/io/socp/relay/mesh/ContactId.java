package io.socp.relay.mesh;

import io.socp.relay.ownership.Immutable;

/** Names one {@link Contact} of this process. Immutable. */
@Immutable
public record ContactId(int value) {}
