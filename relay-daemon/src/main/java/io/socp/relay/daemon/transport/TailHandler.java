package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.util.ReferenceCountUtil;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of every pipeline: closes a channel whose handlers failed, and lets nothing reach Netty's
 * own end. Thread-safe: stateless and shared.
 *
 * <p>What a hostile or broken other end can cause is expected and logged at debug; anything else is
 * a bug of ours and logged with its stack.
 */
@Sharable
@ThreadSafe
final class TailHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(TailHandler.class);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        LOG.debug("{} sent a {}: dropped", ctx.channel(), message.getClass().getSimpleName());
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            LOG.debug("{} sent too long a message", ctx.channel());
            ctx.channel()
                    .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.MESSAGE_TOO_BIG))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        if (isExpected(cause)) {
            LOG.debug("{} closed: {}", ctx.channel(), cause.toString());
        } else {
            LOG.error("{} closed by a bug", ctx.channel(), cause);
        }
        if (!(cause instanceof CorruptedWebSocketFrameException)) {
            // After a corrupt frame the decoder itself says why and closes.
            var _ = ctx.channel().close();
        }
    }

    private static boolean isExpected(Throwable cause) {
        return cause instanceof IOException
                || cause instanceof DecoderException
                || cause instanceof PrematureChannelClosureException
                || cause instanceof WebSocketHandshakeException;
    }
}
