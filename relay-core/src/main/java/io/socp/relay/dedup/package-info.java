/**
 * The bounded, timed memory of what was admitted.
 *
 * <p>Only a verified message is remembered: a forged copy must never hide the genuine one. Called
 * from any thread; time comes from a {@link io.socp.relay.time.Ticker}. May import {@code verify}
 * (and what that imports) and {@code time}.
 */
@NullMarked
package io.socp.relay.dedup;

import org.jspecify.annotations.NullMarked;
