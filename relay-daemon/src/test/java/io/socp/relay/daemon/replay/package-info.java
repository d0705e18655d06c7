/**
 * What clients and servers of other implementations said on captured links, said to a relay of
 * ours.
 */
package io.socp.relay.daemon.replay;
