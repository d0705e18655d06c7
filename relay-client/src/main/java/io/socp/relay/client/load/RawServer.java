package io.socp.relay.client.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.socp.relay.client.session.SocketTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What Netty alone does with a relay's frames: a server that takes each user's word for who it is,
 * finds the {@code to} of a frame without reading it, and writes the frame there as it came, or to
 * all. No JSON, no signature, no seen-cache: the ceiling that a relay is measured against.
 *
 * <p>A process of its own, so that its CPU time can be told from the generator's. Prints {@code
 * ready PORT}; ends when its standard input does.
 */
public final class RawServer {

    private static final int FRAME_BYTES_MAX = 256 * 1024;
    private static final int BACKLOG = 4_096;
    private static final int HTTP_REQUEST_BYTES_MAX = 8 * 1024;

    private RawServer() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int loops = Runtime.getRuntime().availableProcessors();
        EventLoopGroup group = SocketTransport.chosen().newEventLoops(loops, "raw");
        RawRoutes routes = new RawRoutes();
        Channel port =
                new ServerBootstrap()
                        .group(group)
                        .channel(SocketTransport.chosen().serverChannelClass())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(new Initializer(routes))
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sync()
                        .channel();
        System.out.println("ready " + ((InetSocketAddress) port.localAddress()).getPort());
        System.out.flush();
        while (System.in.read() >= 0) {
            // the end is what is waited for
        }
        System.exit(0);
    }

    /** As the relay's own pipeline, up to the frames. */
    private static final class Initializer extends ChannelInitializer<Channel> {

        private final RawRoutes routes;
        private final WebSocketServerProtocolConfig webSocket =
                WebSocketServerProtocolConfig.newBuilder()
                        .websocketPath("/")
                        .checkStartsWith(true)
                        .decoderConfig(
                                WebSocketDecoderConfig.newBuilder()
                                        .maxFramePayloadLength(FRAME_BYTES_MAX)
                                        .allowExtensions(false)
                                        .withUTF8Validator(false)
                                        .build())
                        .build();

        Initializer(RawRoutes routes) {
            this.routes = routes;
        }

        @Override
        protected void initChannel(Channel ch) {
            ch.pipeline()
                    .addLast("http-codec", new HttpServerCodec())
                    .addLast("http-aggregator", new HttpObjectAggregator(HTTP_REQUEST_BYTES_MAX))
                    .addLast("websocket", new WebSocketServerProtocolHandler(webSocket))
                    .addLast("raw", new RawLink(routes));
        }
    }
}
