package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.socp.relay.daemon.link.Farewell;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * Answers pings, swallows pongs, and turns a close frame into a {@link Farewell} that takes its
 * turn. Event-loop confined to its channel.
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
            case PingWebSocketFrame ping -> answer(ctx, ping);
            case PongWebSocketFrame pong -> pong.release();
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

    private void answer(ChannelHandlerContext ctx, PingWebSocketFrame ping) {
        if (ctx.channel().isWritable()) {
            answered = true;
            var _ = ctx.write(new PongWebSocketFrame(ping.content()), ctx.voidPromise());
        } else {
            ping.release();
        }
    }
}
