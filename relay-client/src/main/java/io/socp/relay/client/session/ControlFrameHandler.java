package io.socp.relay.client.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * Turns the server's close and pong frames into user events, and passes everything else. Event-loop
 * confined. The WebSocket handler before it answers pings.
 */
@EventLoopConfined
final class ControlFrameHandler extends ChannelInboundHandlerAdapter {

    /** The server closes; SOCP §4 wants code 1000 at a normal end. */
    record CloseSeen(int code, String reason) {}

    /** The server has seen a ping of ours. */
    record PongSeen() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        switch (msg) {
            case CloseWebSocketFrame close -> {
                CloseSeen seen = new CloseSeen(close.statusCode(), close.reasonText());
                close.release();
                ctx.fireUserEventTriggered(seen);
            }
            case PongWebSocketFrame pong -> {
                pong.release();
                ctx.fireUserEventTriggered(new PongSeen());
            }
            default -> ctx.fireChannelRead(msg);
        }
    }
}
