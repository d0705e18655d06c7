package io.socp.relay.client.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslContext;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.LinkChallenge;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket server on a free port of 127.0.0.1 that does what a test tells it. Thread-safe.
 *
 * <p>The script hears every envelope of every connection, in order, on the server's loop.
 */
public final class ScriptedServer implements AutoCloseable {

    private static final int FRAME_BYTES_MAX = 1024 * 1024;

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    private final Channel channel;
    private final String scheme;
    private volatile String nonce = "";

    private ScriptedServer(BiConsumer<Connection, Envelope> script, @Nullable SslContext tls) {
        scheme = tls == null ? "ws" : "wss";
        channel =
                new ServerBootstrap()
                        .group(loop)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel ch) {
                                        if (tls != null) {
                                            ch.pipeline().addLast(tls.newHandler(ch.alloc()));
                                        }
                                        initialise(ch, script);
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .syncUninterruptibly()
                        .channel();
    }

    public static ScriptedServer start(BiConsumer<Connection, Envelope> script) {
        return new ScriptedServer(script, null);
    }

    /** A server that reads and says nothing by itself. */
    public static ScriptedServer silent() {
        return start((_, _) -> {});
    }

    /** The same over TLS. */
    public static ScriptedServer silentOverTls(SslContext tls) {
        return new ScriptedServer((_, _) -> {}, tls);
    }

    /** From now on the answers to upgrades show this nonce. */
    public void shows(String newNonce) {
        nonce = newNonce;
    }

    private void initialise(Channel ch, BiConsumer<Connection, Envelope> script) {
        Connection connection = new Connection(ch, script);
        ch.pipeline().addLast(new NonceHandler());
        ch.pipeline()
                .addLast(
                        new HttpServerCodec(),
                        new HttpObjectAggregator(8 * 1024),
                        new WebSocketServerProtocolHandler(
                                WebSocketServerProtocolConfig.newBuilder()
                                        .websocketPath("/")
                                        .maxFramePayloadLength(FRAME_BYTES_MAX)
                                        .build()),
                        connection.handler());
        connections.add(connection);
    }

    /** Writes the nonce into the head of the upgrade's answer, wherever that is. */
    private final class NonceHandler extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (!nonce.isEmpty()
                    && message instanceof ByteBuf head
                    && head.toString(US_ASCII).startsWith("HTTP/1.1 101")) {
                int line = head.toString(US_ASCII).indexOf("\r\n") + 2;
                String text = head.toString(US_ASCII);
                head.release();
                var _ =
                        ctx.write(
                                Unpooled.copiedBuffer(
                                        text.substring(0, line)
                                                + LinkChallenge.HEADER
                                                + ": "
                                                + nonce
                                                + "\r\n"
                                                + text.substring(line),
                                        US_ASCII),
                                promise);
            } else {
                var _ = ctx.write(message, promise);
            }
        }
    }

    public URI uri() {
        int port = ((InetSocketAddress) channel.localAddress()).getPort();
        return URI.create(scheme + "://127.0.0.1:" + port + "/");
    }

    /** The next connection made to this server. */
    public Connection connection() throws InterruptedException {
        Connection connection = connections.poll(10, SECONDS);
        if (connection == null) {
            throw new AssertionError("nobody has connected");
        }
        return connection;
    }

    /** Nobody can connect from here on. May be called again. */
    @Override
    public void close() {
        if (channel.isOpen()) {
            channel.close().syncUninterruptibly();
            loop.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
        }
    }
}
