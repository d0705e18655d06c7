package io.socp.relay.daemon.link;

import io.socp.relay.ownership.Immutable;

/**
 * The answer to a ping of ours that carried a number, on its way through the pipeline behind the
 * frames before it. Immutable.
 */
@Immutable
public record Pong(long number) {}
