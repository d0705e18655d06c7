package io.socp.relay.client.conformance;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.socp.relay.crypto.RsaPublicKey;
import java.nio.charset.StandardCharsets;

/** One connection of a {@link BrokenRelay}; its fields are guarded by the relay's lock. */
final class BrokenLink extends SimpleChannelInboundHandler<WebSocketFrame> {

    private final BrokenRelay relay;
    private final Channel channel;
    private final Runnable onUp;

    /** The user at the other end, once it said hello. */
    String user = "";

    /** The server at the other end, once it greeted. */
    String server = "";

    RsaPublicKey key;
    long heardNs = System.nanoTime();
    int directs;

    BrokenLink(BrokenRelay relay, Channel channel, Runnable onUp) {
        super(WebSocketFrame.class);
        this.relay = relay;
        this.channel = channel;
        this.onUp = onUp;
    }

    void send(String text) {
        String sent = relay.broken("transport.one-object") ? text + "\n" + text : text;
        channel.writeAndFlush(
                        relay.broken("transport.text-frames")
                                ? new BinaryWebSocketFrame(
                                        Unpooled.copiedBuffer(sent, StandardCharsets.UTF_8))
                                : new TextWebSocketFrame(sent))
                .addListener(_ -> {});
    }

    void close() {
        channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.POLICY_VIOLATION))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            onUp.run();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        switch (frame) {
            case TextWebSocketFrame text -> relay.onText(this, text.text());
            case CloseWebSocketFrame close -> {
                if (relay.broken("transport.close-1000")) {
                    ctx.close().addListener(_ -> {});
                } else {
                    ctx.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
                }
            }
            default -> {} // a fragment nobody puts together
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        relay.onClosed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        relay.onBug(cause);
        ctx.close().addListener(_ -> {});
    }
}
