/**
 * Class-level tags that say who may touch an object, and from which thread.
 *
 * <p>Holds annotations only. Owner thread: none. Allowed imports: the JDK.
 */
@NullMarked
package io.socp.relay.ownership;

import org.jspecify.annotations.NullMarked;
