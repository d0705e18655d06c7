package io.socp.relay.client.load;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.socp.relay.ownership.EventLoopConfined;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One user of a run: says hello, then hands every frame on unread. Event-loop confined; the last
 * handler of its pipeline.
 */
@EventLoopConfined
final class LoadConnection extends SimpleChannelInboundHandler<TextWebSocketFrame> {

    private final byte[] hello;
    private final Consumer<byte[]> frames;
    private final Runnable batchEnd;
    private final CompletableFuture<Channel> welcomed = new CompletableFuture<>();

    /**
     * @param hello the signed USER_HELLO
     * @param frames takes every frame after the welcome
     * @param batchEnd called when a read has brought all it has
     */
    LoadConnection(byte[] hello, Consumer<byte[]> frames, Runnable batchEnd) {
        super(TextWebSocketFrame.class);
        this.hello = hello;
        this.frames = frames;
        this.batchEnd = batchEnd;
    }

    /** Completes with the user's channel when the relay has taken the hello. */
    CompletableFuture<Channel> welcomed() {
        return welcomed;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            ctx.writeAndFlush(new TextWebSocketFrame(Unpooled.wrappedBuffer(hello)))
                    .addListener(written -> {
                        if (!written.isSuccess()) {
                            welcomed.completeExceptionally(written.cause());
                        }
                    });
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
        byte[] bytes = ByteBufUtil.getBytes(frame.content());
        if (welcomed.isDone()) {
            frames.accept(bytes);
        } else if (isOfType(bytes, "USER_WELCOME")) {
            welcomed.complete(ctx.channel());
        } else {
            String said = new String(bytes, StandardCharsets.UTF_8);
            welcomed.completeExceptionally(
                    new IOException("the relay answers the hello with " + shortened(said)));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        batchEnd.run();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        welcomed.completeExceptionally(new IOException("the relay has closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        welcomed.completeExceptionally(cause);
        ctx.close().addListener(_ -> {});
    }

    /** By the standard form's beginning, which our relay writes. */
    static boolean isOfType(byte[] frame, String type) {
        byte[] start = ("{\"type\":\"" + type + "\"").getBytes(StandardCharsets.US_ASCII);
        return frame.length >= start.length
                && java.util.Arrays.equals(frame, 0, start.length, start, 0, start.length);
    }

    static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + " ...";
    }
}
