/**
 * WebSocket frames to envelopes and back: the only package of core that knows Netty.
 *
 * <p>Handlers live on the event loop of their channel. No {@code ByteBuf} leaves this package: what
 * the engine sees is plain bytes, so reference counting stays a matter of transport. May import
 * {@code envelope} and Netty.
 */
@NullMarked
package io.socp.relay.wire;

import org.jspecify.annotations.NullMarked;
