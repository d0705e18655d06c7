/**
 * Whose key must have signed a message, and did it.
 *
 * <p>Two steps, each with its own type: {@link io.socp.relay.verify.LinkPolicy} does what costs
 * nothing (is this type, this sender and this time acceptable on this link) and yields a {@link
 * io.socp.relay.verify.Vetted}; {@link io.socp.relay.verify.MessageVerifier} does the RSA work and
 * yields a {@link io.socp.relay.verify.VerifiedMessage}. Neither can be made anywhere else, so a
 * later stage cannot forget a check. Stateless; runs on any thread. May import {@code message},
 * {@code envelope}, {@code crypto}, {@code identity}, {@code time}.
 */
@NullMarked
package io.socp.relay.verify;

import org.jspecify.annotations.NullMarked;
