package io.socp.relay.daemon.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.socp.relay.daemon.testing.FarEnd;
import java.nio.charset.StandardCharsets;

/** A TLS client at the far end of an embedded channel; bytes move when told. */
final class TlsWire {

    private final EmbeddedChannel client;
    private final SslHandler handler;
    private final EmbeddedChannel server;
    private long bytesFromServer;

    TlsWire(SslContext context, FarEnd end) {
        server = end.server();
        handler = context.newHandler(Unpooled.buffer().alloc(), "localhost", 8765);
        client = new EmbeddedChannel(handler, new Deaf());
    }

    /** What the client wants to send first. */
    byte[] hello() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    /** Carries bytes both ways until nobody has more to say. */
    TlsWire pump() {
        boolean moved = true;
        while (moved) {
            client.runPendingTasks();
            server.runPendingTasks();
            moved = carry(client, server) > 0;
            long answered = carry(server, client);
            bytesFromServer += answered;
            moved |= answered > 0;
        }
        return this;
    }

    boolean isSecured() {
        return handler.handshakeFuture().isSuccess();
    }

    /** Sends text through TLS, and returns the answer. */
    String exchange(String text) {
        client.writeOutbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        pump();
        StringBuilder answer = new StringBuilder();
        for (ByteBuf part = client.readInbound(); part != null; part = client.readInbound()) {
            answer.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        return answer.toString();
    }

    /** What the server has said: without its certificates it is little. */
    long bytesFromServer() {
        return bytesFromServer;
    }

    void finish() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    /** A refusal is no surprise. */
    private static final class Deaf extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var _ = ctx.close();
        }
    }

    private static long carry(EmbeddedChannel from, EmbeddedChannel to) {
        long moved = 0;
        for (ByteBuf part = from.readOutbound(); part != null; part = from.readOutbound()) {
            moved += part.readableBytes();
            if (to.isOpen()) {
                to.writeInbound(part);
            } else {
                part.release();
            }
        }
        return moved;
    }
}
