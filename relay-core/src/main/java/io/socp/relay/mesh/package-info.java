/**
 * Peers: who is linked, whom to dial and when, and whether they live ({@code servers}, {@code
 * server_addrs} of SOCP §5.2, and §8.1, §8.4, §11).
 *
 * <p>The mesh loop is the only writer; {@link io.socp.relay.mesh.PeerTable} is read by any thread.
 * Time and randomness are arguments. May import {@code verify}, {@code message}, {@code identity},
 * {@code time}, {@code crypto} (key values).
 */
@NullMarked
package io.socp.relay.mesh;

import org.jspecify.annotations.NullMarked;
