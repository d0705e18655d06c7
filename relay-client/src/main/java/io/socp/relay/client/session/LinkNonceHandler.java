package io.socp.relay.client.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * Reads the connection's nonce in the answer to the upgrade, and removes itself. Event-loop
 * confined to its channel.
 */
@EventLoopConfined
final class LinkNonceHandler extends ChannelInboundHandlerAdapter {

    /** Ours has 22. */
    static final int NONCE_CHARS_MAX = 64;

    /** The server shows this nonce; comes before the end of the upgrade. */
    record Shown(String nonce) {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpResponse answer) {
            String nonce = answer.headers().get(LinkChallenge.HEADER);
            if (nonce != null && !nonce.isEmpty() && nonce.length() <= NONCE_CHARS_MAX) {
                ctx.fireUserEventTriggered(new Shown(nonce));
            }
            ctx.fireChannelRead(message);
            ctx.pipeline().remove(this);
        } else {
            ctx.fireChannelRead(message);
        }
    }
}
