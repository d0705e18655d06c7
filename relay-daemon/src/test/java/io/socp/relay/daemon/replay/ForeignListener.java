package io.socp.relay.daemon.replay;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.EnvelopeBuilder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The port of a server of another make, which our relay dials. Thread-safe. */
final class ForeignListener implements AutoCloseable {

    private static final int FRAME_BYTES_MAX = 1 << 20;

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<Visit> visits = new LinkedBlockingQueue<>();
    private final Channel channel;

    /** Listens on a free port of loopback. */
    ForeignListener() {
        channel =
                new ServerBootstrap()
                        .group(loop)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel ch) {
                                        accept(ch);
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .syncUninterruptibly()
                        .channel();
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Waits to be dialled, and plays the listening end of a captured link from then on. */
    PlayedEnd awaitDialled(Cast cast, String link) throws InterruptedException {
        Visit visit = visits.poll(SocketUser.PATIENCE.toMillis(), MILLISECONDS);
        if (visit == null) {
            throw new AssertionError("nobody has dialled");
        }
        return new PlayedEnd(cast, cast.script(link, "<-"), visit);
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
    }

    private void accept(Channel ch) {
        Visit visit = new Visit(ch);
        ch.pipeline()
                .addLast(
                        new HttpServerCodec(),
                        new HttpObjectAggregator(8 * 1024),
                        new WebSocketServerProtocolHandler(
                                WebSocketServerProtocolConfig.newBuilder()
                                        .websocketPath("/")
                                        .checkStartsWith(true)
                                        .maxFramePayloadLength(FRAME_BYTES_MAX)
                                        .build()),
                        visit.reader());
        visits.add(visit);
    }

    /** One connection made to this port. */
    private record Visit(Channel channel, Queue<Envelope> envelopes) implements PlayedEnd.Socket {

        Visit(Channel channel) {
            this(channel, new ConcurrentLinkedQueue<>());
        }

        SimpleChannelInboundHandler<TextWebSocketFrame> reader() {
            return new SimpleChannelInboundHandler<>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
                    envelopes.add(
                            EnvelopeBuilder.decode(frame.text().getBytes(StandardCharsets.UTF_8)));
                }
            };
        }

        @Override
        public void send(String frame) {
            channel.writeAndFlush(new TextWebSocketFrame(frame)).syncUninterruptibly();
        }

        @Override
        public List<Envelope> received() {
            return List.copyOf(envelopes);
        }

        @Override
        public boolean isOpen() {
            return channel.isActive();
        }

        @Override
        public void leave() {
            channel.writeAndFlush(new CloseWebSocketFrame(1000, "")).syncUninterruptibly();
        }

        @Override
        public void close() {
            channel.close().syncUninterruptibly();
        }
    }
}
