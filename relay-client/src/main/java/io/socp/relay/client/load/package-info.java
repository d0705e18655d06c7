/**
 * Load on a relay, and what RSA and Netty alone do on this machine: the numbers of {@code socp
 * bench}.
 *
 * <p>A {@code Workload} runs once, on one event loop that all its connections share. What is sent
 * stands in a {@code Corpus}, signed before, or in a {@code Script} of it; a {@code MessageStream}
 * sends it in a closed loop or at a rate; readers look for the payload's number in a frame, and for
 * nothing else; a {@code Tally} accounts for every copy. {@code LoadTls} is in front where links
 * are secured, {@code LinkHellos} and {@code LinkScript} speak where they are authenticated. {@code
 * Limit} runs the same load on a {@code RawServer} in a process of its own.
 *
 * <p>Generators speak the protocol with as little work of their own as possible, so they use Netty
 * directly and verify nothing. Owner thread: the loop of the run. Allowed imports: {@code client}
 * (version), {@code client.session} (socket transport), {@code client.e2e}, core {@code crypto},
 * {@code envelope}, {@code identity}, {@code message}, {@code ownership}, {@code verify} (content
 * signatures), {@code wire} (TLS library), Netty, HdrHistogram, Jackson, SLF4J.
 */
@NullMarked
package io.socp.relay.client.load;

import org.jspecify.annotations.NullMarked;
