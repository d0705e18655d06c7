package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.socp.relay.daemon.link.Farewell;
import io.socp.relay.daemon.link.Pong;
import io.socp.relay.daemon.link.SignOfLife;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * Answers pings, and turns the answers to our own and a close frame into a {@link Pong} and a
 * {@link Farewell} that take their turn. Event-loop confined to its channel.
 *
 * <p>Stands before Netty's WebSocket handler, which would do the same but read on after each such
 * frame although reading is paused: a flood of pings would carry any number of frames past the
 * bound. A ping of one who does not read the answers gets none (RFC 6455 §5.5.3 allows it).
 */
@EventLoopConfined
final class ControlFrameHandler extends ChannelInboundHandlerAdapter {

    private boolean answered;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case PingWebSocketFrame ping -> {
                answer(ctx, ping);
                ctx.fireChannelRead(SignOfLife.SEEN);
            }
            case PongWebSocketFrame pong -> {
                tell(ctx, pong);
                ctx.fireChannelRead(SignOfLife.SEEN);
            }
            case CloseWebSocketFrame close -> {
                close.release();
                ctx.fireChannelRead(Farewell.RECEIVED);
            }
            default -> ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (answered) {
            answered = false;
            ctx.flush();
        }
        ctx.fireChannelReadComplete();
    }

    /** Only the pings that ask what was read carry a number. */
    private static void tell(ChannelHandlerContext ctx, PongWebSocketFrame pong) {
        boolean isNumbered = pong.content().readableBytes() == Long.BYTES;
        long number = isNumbered ? pong.content().readLong() : 0;
        pong.release();
        if (isNumbered) {
            ctx.fireChannelRead(new Pong(number));
        }
    }

    private void answer(ChannelHandlerContext ctx, PingWebSocketFrame ping) {
        if (ctx.channel().isWritable()) {
            answered = true;
            var _ = ctx.write(new PongWebSocketFrame(ping.content()), ctx.voidPromise());
        } else {
            ping.release();
        }
    }
}
