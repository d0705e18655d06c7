/**
 * Frames to envelopes and back: JSON values, limits, and the byte forms of a payload that
 * signatures cover (SOCP §5, §6).
 *
 * <p>Knows the six envelope fields and nothing of what a payload means. Owner thread: none, every
 * type is immutable or thread-safe. Allowed imports: the JDK, Jackson core (streaming only), {@code
 * ownership}.
 */
@NullMarked
package io.socp.relay.envelope;

import org.jspecify.annotations.NullMarked;
