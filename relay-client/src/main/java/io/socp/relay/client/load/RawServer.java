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
import io.netty.handler.ssl.SslContext;
import io.socp.relay.client.session.SocketTransport;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.wire.HandlerNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Netty alone does with a relay's frames: a server that takes each user's word for who it is,
 * finds the {@code to} of a frame without reading it, and writes the frame there as it came, or to
 * all. No JSON, no signature, no seen-cache: the ceiling that a relay is measured against.
 *
 * <p>A process of its own, so that its CPU time can be told from the generator's. Prints {@code
 * ready PORT}; ends when its standard input does. With {@code tls}, the input begins with the key
 * (PEM) that signs its certificate.
 */
public final class RawServer {

    /** The argument for TLS. */
    static final String TLS = "tls";

    private static final int FRAME_BYTES_MAX = 256 * 1024;
    private static final int BACKLOG = 4_096;
    private static final int HTTP_REQUEST_BYTES_MAX = 8 * 1024;

    private RawServer() {}

    public static void main(String[] args)
            throws IOException, InterruptedException, GeneralSecurityException {
        @Nullable SslContext tls =
                List.of(args).contains(TLS) ? RawTls.of(IdentityKey.fromPem(pem())) : null;
        int loops = Runtime.getRuntime().availableProcessors();
        EventLoopGroup group = SocketTransport.chosen().newEventLoops(loops, "raw");
        RawRoutes routes = new RawRoutes();
        Channel port =
                new ServerBootstrap()
                        .group(group)
                        .channel(SocketTransport.chosen().serverChannelClass())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(new Initializer(routes, tls))
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

    private static String pem() throws IOException {
        StringBuilder pem = new StringBuilder();
        while (pem.indexOf("-----END") < 0 || pem.charAt(pem.length() - 1) != '\n') {
            int next = System.in.read();
            if (next < 0) {
                throw new IOException("no key on the standard input");
            }
            pem.append((char) next);
        }
        return pem.toString();
    }

    /** As the relay's own pipeline, up to the frames. */
    private static final class Initializer extends ChannelInitializer<Channel> {

        private final RawRoutes routes;
        private final @Nullable SslContext tls;
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

        Initializer(RawRoutes routes, @Nullable SslContext tls) {
            this.routes = routes;
            this.tls = tls;
        }

        @Override
        protected void initChannel(Channel ch) {
            if (tls != null) {
                ch.pipeline().addLast(HandlerNames.TLS, tls.newHandler(ch.alloc()));
            }
            ch.pipeline()
                    .addLast("http-codec", new HttpServerCodec())
                    .addLast("http-aggregator", new HttpObjectAggregator(HTTP_REQUEST_BYTES_MAX))
                    .addLast("websocket", new WebSocketServerProtocolHandler(webSocket))
                    .addLast("raw", new RawLink(routes));
        }
    }
}
