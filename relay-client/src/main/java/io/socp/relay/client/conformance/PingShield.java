package io.socp.relay.client.conformance;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * Swallows pings before Netty's WebSocket handler answers them: a server that plays dead must not.
 * Event-loop confined; stands before that handler.
 */
@EventLoopConfined
final class PingShield extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof PingWebSocketFrame ping) {
            ping.release();
        } else {
            ctx.fireChannelRead(message);
        }
    }
}
