/**
 * What the operator has decided, as immutable records: the bootstrap file and the data directory.
 * All problems are reported in one run. Blocking; called before anything else runs. May import
 * core's {@code identity}, {@code crypto} and {@code engine} (for its records).
 */
@NullMarked
package io.socp.relay.daemon.config;

import org.jspecify.annotations.NullMarked;
