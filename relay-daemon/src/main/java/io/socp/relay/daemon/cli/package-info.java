/** The daemon's command line: one class for each command. May import everything in the daemon. */
@NullMarked
package io.socp.relay.daemon.cli;

import org.jspecify.annotations.NullMarked;
