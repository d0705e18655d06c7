/** Fixtures of the daemon's tests: both ends of a pipeline, relays and users on real sockets. */
package io.socp.relay.daemon.testing;
