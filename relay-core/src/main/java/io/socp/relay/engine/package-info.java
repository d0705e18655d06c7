/**
 * Composes the stages: events in, effects out. No thread, no socket, no clock, no logger.
 *
 * <p>Two halves. {@link io.socp.relay.engine.DataPath} takes one frame through vetting,
 * verification, admission and routing; it is thread-safe and holds no state but the memory of seen
 * messages. {@link io.socp.relay.engine.ControlPlane} owns everything that changes (peers, users,
 * timers); one loop calls it. May import all of core except {@code wire}.
 */
@NullMarked
package io.socp.relay.engine;

import org.jspecify.annotations.NullMarked;
