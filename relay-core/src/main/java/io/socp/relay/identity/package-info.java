/**
 * Names of users, servers and links, and the addresses servers listen on.
 *
 * <p>Values only, checked once when made and trusted afterwards. Owner thread: none. Allowed
 * imports: the JDK, {@code ownership}.
 */
@NullMarked
package io.socp.relay.identity;

import org.jspecify.annotations.NullMarked;
