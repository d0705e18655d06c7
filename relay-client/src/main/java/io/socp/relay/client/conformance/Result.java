package io.socp.relay.client.conformance;

import io.socp.relay.ownership.Immutable;

/** What became of one clause, and how long it took. Immutable. */
@Immutable
public record Result(Clause clause, Verdict verdict, long ms) {}
