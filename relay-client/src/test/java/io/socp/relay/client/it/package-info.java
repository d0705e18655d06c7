/**
 * The built product as its users have it: processes started through the launcher.
 *
 * <p>Nothing of the product is called from here but its command lines. Owner threads: the test's,
 * and a virtual thread per process that reads what it prints.
 */
@NullMarked
package io.socp.relay.client.it;

import org.jspecify.annotations.NullMarked;
