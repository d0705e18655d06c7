package io.socp.relay.daemon.ops;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pipeline of the management port: {@code /livez} and {@code /metrics}. Thread-safe. */
@ThreadSafe
@Sharable
public final class ManagementInitializer extends ChannelInitializer<Channel> {

    private static final Logger LOG = LoggerFactory.getLogger(ManagementInitializer.class);

    private static final int REQUEST_BYTES_MAX = 8 * 1024;
    private static final int SILENCE_MAX_SECONDS = 10;

    private final Answers answers;

    public ManagementInitializer(RelayMetrics metrics, LoopPulse pulse) {
        this.answers = new Answers(metrics, pulse);
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline()
                .addLast("read-timeout", new ReadTimeoutHandler(SILENCE_MAX_SECONDS))
                .addLast("http-codec", new HttpServerCodec())
                .addLast("http-aggregator", new HttpObjectAggregator(REQUEST_BYTES_MAX))
                .addLast("answers", answers);
    }

    /** Answers one request and closes. Thread-safe: stateless and shared. */
    @Sharable
    @ThreadSafe
    private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {

        private final RelayMetrics metrics;
        private final LoopPulse pulse;

        Answers(RelayMetrics metrics, LoopPulse pulse) {
            super(FullHttpRequest.class);
            this.metrics = metrics;
            this.pulse = pulse;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            ctx.writeAndFlush(answer(request)).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof IOException) {
                LOG.debug("{} closed: {}", ctx.channel(), cause.toString());
            } else {
                LOG.warn("{} closed", ctx.channel(), cause);
            }
            var _ = ctx.close();
        }

        private FullHttpResponse answer(FullHttpRequest request) {
            if (!request.method().equals(HttpMethod.GET)) {
                return response(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET only\n");
            }
            return switch (new QueryStringDecoder(request.uri()).rawPath()) {
                case "/livez" ->
                        pulse.isAlive()
                                ? response(HttpResponseStatus.OK, "ok\n")
                                : response(
                                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                                        "an event loop stands still\n");
                case "/metrics" -> response(HttpResponseStatus.OK, metrics.scrape());
                default -> response(HttpResponseStatus.NOT_FOUND, "not found\n");
            };
        }

        private static FullHttpResponse response(HttpResponseStatus status, String text) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            var response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                    .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            return response;
        }
    }
}
