/**
 * JMH benchmarks of one message's way through a relay, each stage by itself and all together.
 *
 * <p>Run by {@code relay-bench/jmh}; part of no build but that of the profile {@code bench}. May
 * import everything of core and daemon, and core's test fixtures.
 */
@NullMarked
package io.socp.relay.bench;

import org.jspecify.annotations.NullMarked;
