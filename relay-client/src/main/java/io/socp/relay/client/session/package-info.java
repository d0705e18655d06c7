/**
 * One WebSocket connection to a relay: connect, say hello, carry envelopes both ways, close.
 *
 * <p>The only client package besides {@code load} that knows Netty. Owner thread: the connection's
 * event loop; RSA never runs there. Allowed imports: Netty, core {@code crypto}, {@code envelope},
 * {@code message}, {@code wire}, {@code identity}, {@code ownership}.
 */
@NullMarked
package io.socp.relay.client.session;

import org.jspecify.annotations.NullMarked;
