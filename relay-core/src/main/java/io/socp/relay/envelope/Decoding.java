package io.socp.relay.envelope;

/** What became of one frame. */
public sealed interface Decoding permits Decoded, DecodeFailure {}
