/**
 * What operators see: metrics and probes on the management port. Reads the rest of the daemon and
 * changes nothing. May import {@code daemon.link}, {@code daemon.deliver}'s watch, core read-only,
 * Micrometer and Netty's HTTP.
 */
@NullMarked
package io.socp.relay.daemon.ops;

import org.jspecify.annotations.NullMarked;
