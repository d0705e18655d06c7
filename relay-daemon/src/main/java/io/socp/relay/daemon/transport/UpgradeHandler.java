package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.wire.HandlerNames;

/**
 * Answers the upgrade to WebSocket, and takes all that speaks HTTP out of the pipeline: itself, the
 * {@link InformationHandler}, and with Netty's handshake the codec. Thread-safe: stateless and
 * shared.
 *
 * <p>Netty's {@code WebSocketServerProtocolHandler} would stay in every pipeline for ever, only to
 * answer pings and closes, which {@link ControlFrameHandler} does; its timer is {@code
 * HelloHandler}'s.
 */
@Sharable
@ThreadSafe
final class UpgradeHandler extends ChannelInboundHandlerAdapter {

    private final WebSocketServerHandshakerFactory handshakers;

    UpgradeHandler(WebSocketDecoderConfig decoder) {
        this.handshakers = new WebSocketServerHandshakerFactory("/", null, decoder);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            upgrade(ctx, request);
        } finally {
            request.release();
        }
    }

    private void upgrade(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            InformationHandler.refuse(ctx, HttpResponseStatus.FORBIDDEN);
            return;
        }
        WebSocketServerHandshaker handshaker = handshakers.newHandshaker(request);
        if (handshaker == null) {
            var _ = WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(ctx.channel());
            return;
        }
        var complete = new HandshakeComplete(request.uri(), request.headers(), null);
        try {
            handshaker
                    .handshake(ctx, request)
                    .addListener(answer -> {
                        if (answer.isSuccess()) {
                            ctx.pipeline().remove(HandlerNames.INFORMATION);
                            ctx.pipeline().remove(this);
                            ctx.fireUserEventTriggered(complete);
                        }
                    });
        } catch (WebSocketHandshakeException broken) {
            InformationHandler.refuse(ctx, HttpResponseStatus.BAD_REQUEST);
        }
    }
}
