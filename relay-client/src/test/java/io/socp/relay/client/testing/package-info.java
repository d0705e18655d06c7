/**
 * A server for the client's tests: a real WebSocket server whose every word the test decides.
 *
 * <p>Owner threads: one event loop per server; connections may be used from any thread.
 */
@NullMarked
package io.socp.relay.client.testing;

import org.jspecify.annotations.NullMarked;
