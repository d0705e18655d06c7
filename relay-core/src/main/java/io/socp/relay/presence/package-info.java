/**
 * Where users are: {@code local_users} and {@code user_locations} of SOCP §5.2, with the signed
 * advertisement of each.
 *
 * <p>The mesh loop is the only writer; any thread reads without a lock. May import {@code verify},
 * {@code message}, {@code sign}, {@code identity}, {@code crypto} (key values).
 */
@NullMarked
package io.socp.relay.presence;

import org.jspecify.annotations.NullMarked;
