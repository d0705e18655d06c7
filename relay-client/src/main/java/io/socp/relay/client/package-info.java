/**
 * The client library: connect to a relay as a user, write, read, ask who is there.
 *
 * <p>{@link io.socp.relay.client.SocpClient} is the whole API; no Netty type appears in it. Owner
 * thread: one serial queue per client over a small shared pool; listeners are called on it. Allowed
 * imports: {@code client.session}, {@code client.e2e}, {@code client.file}, core {@code crypto},
 * {@code envelope}, {@code identity}, {@code message}, {@code time}, {@code verify}, {@code
 * ownership}.
 */
@NullMarked
package io.socp.relay.client;

import org.jspecify.annotations.NullMarked;
