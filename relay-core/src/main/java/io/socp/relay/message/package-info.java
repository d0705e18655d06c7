/**
 * Typed SOCP messages: what an {@link io.socp.relay.envelope.Envelope} means.
 *
 * <p>A sealed hierarchy of two levels (family, then one record for each type on the wire), and the
 * parser from envelope to record. No thread, no state. May import {@code envelope}, {@code
 * identity} and the key values of {@code crypto}.
 */
@NullMarked
package io.socp.relay.message;

import org.jspecify.annotations.NullMarked;
