/**
 * Load on a relay, and what RSA costs on this machine: the numbers of {@code socp bench}.
 *
 * <p>Generators speak the protocol with as little work of their own as possible, so they use Netty
 * directly and verify nothing. Owner thread: one event loop per run. Allowed imports: {@code
 * client} (version), {@code client.session} (socket transport), {@code client.e2e}, core {@code
 * crypto}, {@code envelope}, {@code identity}, {@code message}, {@code ownership}, Netty,
 * HdrHistogram, Jackson.
 */
@NullMarked
package io.socp.relay.client.load;

import org.jspecify.annotations.NullMarked;
