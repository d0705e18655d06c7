package io.socp.relay.envelope;

import io.socp.relay.ownership.Immutable;

/** A frame that is an envelope. Immutable. */
@Immutable
public record Decoded(Envelope envelope) implements Decoding {}
