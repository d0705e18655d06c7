package io.socp.relay.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageEncoder;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.socp.relay.ownership.ThreadSafe;
import java.util.List;

/**
 * Wraps the bytes of one envelope into a WebSocket text frame. Thread-safe: stateless and shared.
 *
 * <p>Takes a {@link ByteBuf}, so that one encoded buffer serves several links: each writes a
 * retained duplicate, and the transport releases it once it is sent.
 */
@Sharable
@ThreadSafe
public final class EnvelopeEncoder extends MessageToMessageEncoder<ByteBuf> {

    public EnvelopeEncoder() {
        super(ByteBuf.class);
    }

    @Override
    protected void encode(ChannelHandlerContext ctx, ByteBuf envelope, List<Object> out) {
        out.add(new TextWebSocketFrame(envelope.retain()));
    }
}
