/**
 * Between the engine and the links: takes frames in, carries effects out.
 *
 * <p>A frame goes from its link's loop to a worker and back; effects are carried out on the loop
 * that owns what they touch. A broadcast is encoded once and written many times. May import {@code
 * daemon.link}, {@code daemon.offload} and core's {@code engine}.
 */
@NullMarked
package io.socp.relay.daemon.deliver;

import org.jspecify.annotations.NullMarked;
