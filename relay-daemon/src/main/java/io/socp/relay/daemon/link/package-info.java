/**
 * One connection: who is at its other end, what waits to be written, when reading pauses.
 *
 * <p>A {@link io.socp.relay.daemon.link.Link} belongs to its channel's event loop. What a frame
 * means is not decided here: it goes to the link's {@link io.socp.relay.daemon.link.Inbox}. May
 * import core's {@code engine}, {@code wire}, {@code limit}, {@code verify}, {@code sign}, {@code
 * identity}, {@code envelope}, {@code time}, and Netty.
 */
@NullMarked
package io.socp.relay.daemon.link;

import org.jspecify.annotations.NullMarked;
