/**
 * The conformance kit: plays strict users and a strict server of SOCP v1.3 against any server, and
 * reports clause by clause.
 *
 * <p>{@link io.socp.relay.client.conformance.Standard} is the table of contents; each {@code
 * …Clauses} class tries one group. The kit knows the standard and nothing of what this project adds
 * to it. Owner threads: one per clause; the connections are thread-safe. Allowed imports: {@code
 * client.e2e}, {@code client.session}, core {@code crypto}, {@code envelope}, {@code identity},
 * {@code message}, {@code verify}, {@code ownership}, Netty, Jackson.
 */
@NullMarked
package io.socp.relay.client.conformance;

import org.jspecify.annotations.NullMarked;
