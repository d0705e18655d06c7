package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * Shows the connection's nonce in the answer to the WebSocket upgrade, and removes itself.
 * Event-loop confined to its channel.
 */
@EventLoopConfined
final class LinkNonceHandler extends ChannelOutboundHandlerAdapter {

    private final String nonce;

    LinkNonceHandler(String nonce) {
        this.nonce = nonce;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse answer
                && answer.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            answer.headers().set(LinkChallenge.HEADER, nonce);
            var _ = ctx.write(message, promise);
            ctx.pipeline().remove(this);
        } else {
            var _ = ctx.write(message, promise);
        }
    }
}
