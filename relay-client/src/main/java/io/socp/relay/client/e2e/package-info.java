/**
 * End-to-end encryption and content signatures: what only the two users at the ends can do.
 *
 * <p>Pure: no socket, no thread, no clock. Owner thread: any, calls cost milliseconds of CPU and
 * stay off event loops. Allowed imports: core {@code crypto}, {@code envelope}, {@code identity},
 * {@code message}, {@code verify}, {@code ownership}.
 */
@NullMarked
package io.socp.relay.client.e2e;

import org.jspecify.annotations.NullMarked;
