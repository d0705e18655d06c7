/**
 * Sockets: event loops, pipelines, the protocol port, the dialer.
 *
 * <p>An initialiser is a list one can read aloud; what a frame means is decided elsewhere. May
 * import {@code daemon.link}, core's {@code wire}, {@code crypto} and {@code message}, and Netty.
 */
@NullMarked
package io.socp.relay.daemon.transport;

import org.jspecify.annotations.NullMarked;
