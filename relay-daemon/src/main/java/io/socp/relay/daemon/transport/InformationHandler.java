package io.socp.relay.daemon.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.socp.relay.ownership.ThreadSafe;
import java.util.function.Supplier;

/**
 * Answers plain HTTP on the protocol port: {@code GET /} gives the relay information document, all
 * else an error. An upgrade passes through. Thread-safe: the document is asked for anew.
 */
@Sharable
@ThreadSafe
final class InformationHandler extends ChannelInboundHandlerAdapter {

    private final Supplier<byte[]> document;

    InformationHandler(Supplier<byte[]> document) {
        this.document = document;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request) || isUpgrade(request)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            ctx.writeAndFlush(answer(request)).addListener(ChannelFutureListener.CLOSE);
        } finally {
            request.release();
        }
    }

    private FullHttpResponse answer(FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            return response(HttpResponseStatus.BAD_REQUEST, new byte[0]);
        }
        if (!new QueryStringDecoder(request.uri()).rawPath().equals("/")) {
            return response(HttpResponseStatus.NOT_FOUND, new byte[0]);
        }
        if (!request.method().equals(HttpMethod.GET)) {
            return response(HttpResponseStatus.METHOD_NOT_ALLOWED, new byte[0]);
        }
        return response(HttpResponseStatus.OK, document.get());
    }

    /** Says no to an HTTP request, and closes. */
    static void refuse(ChannelHandlerContext ctx, HttpResponseStatus status) {
        ctx.writeAndFlush(response(status, new byte[0])).addListener(ChannelFutureListener.CLOSE);
    }

    private static FullHttpResponse response(HttpResponseStatus status, byte[] body) {
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        return response;
    }

    private static boolean isUpgrade(FullHttpRequest request) {
        return request.headers()
                .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }
}
