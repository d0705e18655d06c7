package io.socp.relay.client.conformance;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Function;

/** The port of a strict server, any path, for whoever dials back. Thread-safe. */
@ThreadSafe
final class WireListener implements AutoCloseable {

    private static final int HTTP_BYTES_MAX = 16 * 1024;

    private final Channel channel;

    private WireListener(Channel channel) {
        this.channel = channel;
    }

    /** Listens on a free port of {@code host}; each connection is asked for its inbox. */
    static WireListener open(String host, Function<WireLink, Inbox> accepted)
            throws IOException, InterruptedException {
        var binding =
                new ServerBootstrap()
                        .group(WireLink.LOOPS)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(new AcceptInitializer(accepted))
                        .bind(host, 0)
                        .await();
        if (!binding.isSuccess()) {
            throw new IOException("cannot listen on " + host, binding.cause());
        }
        return new WireListener(binding.channel());
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        WireLink.finish(channel.close());
    }

    /** The accepting side: HTTP for the upgrade, WebSocket, whole messages, the inbox. */
    private static final class AcceptInitializer extends ChannelInitializer<Channel> {

        private final Function<WireLink, Inbox> accepted;

        AcceptInitializer(Function<WireLink, Inbox> accepted) {
            this.accepted = accepted;
        }

        @Override
        protected void initChannel(Channel ch) {
            WireLink link = new WireLink();
            link.attach(ch);
            ChannelPipeline pipeline = ch.pipeline();
            pipeline.addLast("http-codec", new HttpServerCodec());
            pipeline.addLast("http-aggregator", new HttpObjectAggregator(HTTP_BYTES_MAX));
            pipeline.addLast(
                    "websocket",
                    new WebSocketServerProtocolHandler(
                            WebSocketServerProtocolConfig.newBuilder()
                                    .websocketPath("/")
                                    .checkStartsWith(true)
                                    .maxFramePayloadLength(Frame.BYTES_MAX)
                                    .handleCloseFrames(false)
                                    .sendCloseFrame(null)
                                    .dropPongFrames(false)
                                    .withUTF8Validator(false)
                                    .build()));
            pipeline.addLast("aggregator", new WebSocketFrameAggregator(Frame.BYTES_MAX));
            pipeline.addLast("inbox", new WireHandler(link, accepted.apply(link)));
        }
    }
}
