package io.socp.relay.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.ownership.ThreadSafe;
import java.util.List;

/**
 * Turns one whole WebSocket message into one {@link io.socp.relay.envelope.Decoding}: an envelope,
 * or the reason why it is none. Thread-safe: stateless and shared.
 *
 * <p>The bytes are copied once from the pooled buffer into an array that the envelope keeps; a
 * message over the limit is refused by its length, before anything is copied. The frame's buffer is
 * released by the superclass.
 */
@Sharable
@ThreadSafe
public final class EnvelopeDecoder extends MessageToMessageDecoder<WebSocketFrame> {

    /** So much of a message that is too long is looked at, for its type. */
    private static final int GLIMPSE_BYTES = 1_024;

    private final EnvelopeCodec codec;
    private final FrameLimits limits;

    public EnvelopeDecoder(EnvelopeCodec codec, FrameLimits limits) {
        super(WebSocketFrame.class);
        this.codec = codec;
        this.limits = limits;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, WebSocketFrame frame, List<Object> out) {
        ByteBuf content = frame.content();
        if (!(frame instanceof TextWebSocketFrame)) {
            out.add(new DecodeFailure.NotJson("a binary message; SOCP speaks text"));
            return;
        }
        if (content.readableBytes() > limits.messageBytesMax()) {
            byte[] beginning = new byte[Math.min(content.readableBytes(), GLIMPSE_BYTES)];
            content.readBytes(beginning);
            out.add(
                    EnvelopeCodec.refusal(
                            beginning,
                            new DecodeFailure.LimitExceeded(
                                    "frame bytes", limits.messageBytesMax())));
            return;
        }
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        out.add(codec.decode(bytes));
    }
}
