/**
 * The one seam through which the relay learns the time.
 *
 * <p>Nothing in the core reads a clock; callers hand a {@link io.socp.relay.time.Moment} in. Owner
 * thread: none, all types are values. Allowed imports: the JDK, {@code ownership}.
 */
@NullMarked
package io.socp.relay.time;

import org.jspecify.annotations.NullMarked;
