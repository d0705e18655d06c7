package io.socp.relay.client.conformance;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.socp.relay.ownership.EventLoopConfined;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The end of a link's pipeline: puts frames into the inbox, answers closes. Event-loop confined to
 * its channel.
 */
@EventLoopConfined
final class WireHandler extends SimpleChannelInboundHandler<WebSocketFrame> {

    private final WireLink link;
    private final Inbox inbox;
    private @Nullable Throwable failure;

    WireHandler(WireLink link, Inbox inbox) {
        super(WebSocketFrame.class);
        this.link = link;
        this.inbox = inbox;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case ClientHandshakeStateEvent.HANDSHAKE_COMPLETE -> link.onUp();
            case ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT ->
                    link.onEnd(new IOException("no answer to the WebSocket upgrade"));
            case HandshakeComplete _ -> link.onUp();
            default -> {} // Netty's own
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        switch (frame) {
            case TextWebSocketFrame text -> inbox.add(frame(text, true));
            case BinaryWebSocketFrame binary -> inbox.add(frame(binary, false));
            case PongWebSocketFrame _ -> link.onPong();
            case CloseWebSocketFrame close -> {
                link.onClosing(close.statusCode(), close.reasonText());
                WireLink.finish(ctx.writeAndFlush(close.retain()));
                WireLink.finish(ctx.close());
            }
            default -> {} // pings end before, continuations in the aggregator
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        link.onEnd(failure == null ? new IOException("the connection was closed") : failure);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failure = cause;
        WireLink.finish(ctx.close());
    }

    private static Frame frame(WebSocketFrame frame, boolean isText) {
        return Frame.of(
                frame.content().toString(StandardCharsets.UTF_8), isText, System.nanoTime());
    }
}
