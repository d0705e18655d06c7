/**
 * The process: puts the parts together, starts them, stops them in order. May import everything in
 * the daemon.
 */
@NullMarked
package io.socp.relay.daemon;

import org.jspecify.annotations.NullMarked;
