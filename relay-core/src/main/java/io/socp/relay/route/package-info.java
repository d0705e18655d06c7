/**
 * Where an admitted message goes next (SOCP §10): a pure function of the message and a view of who
 * is where. No state, any thread. May import {@code dedup}, {@code mesh}, {@code presence} and what
 * they import.
 */
@NullMarked
package io.socp.relay.route;

import org.jspecify.annotations.NullMarked;
