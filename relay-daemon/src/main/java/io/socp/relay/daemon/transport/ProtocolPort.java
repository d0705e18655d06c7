package io.socp.relay.daemon.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/** A listening port: bound first, opened when all behind it is ready. Thread-safe. */
@ThreadSafe
public final class ProtocolPort implements AutoCloseable {

    private static final int BACKLOG = 4_096;

    /** Writability flips here; what a slow link may pile up beyond it is the link's own bound. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 * 1024, 512 * 1024);

    /**
     * Unsent bytes the kernel takes for one connection. Without it a reader that has stopped gets
     * megabytes there, a copy for each; what waits with us is shared, ordered and bounded.
     */
    private static final long UNSENT_BYTES_MAX = 128 * 1024;

    private final Channel channel;
    private final Deferred deferred;

    private ProtocolPort(Channel channel, Deferred deferred) {
        this.channel = channel;
        this.deferred = deferred;
    }

    /**
     * Binds, and accepts nobody yet; port 0 takes a free one. The exception's message says what and
     * where.
     */
    public static ProtocolPort bind(EventLoops loops, String host, int port) throws IOException {
        return bind(loops, loops.workers(), host, port);
    }

    /**
     * The same for operators, whose requests must not run on the loops of links, or of who accepts.
     */
    public static ProtocolPort bindForOperators(EventLoops loops, String host, int port)
            throws IOException {
        return bind(loops, loops.operators(), host, port);
    }

    private static ProtocolPort bind(
            EventLoops loops, EventLoopGroup workers, String host, int port) throws IOException {
        Deferred deferred = new Deferred();
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops.acceptors(), workers)
                        .channel(loops.serverChannel())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.AUTO_READ, false)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .childHandler(deferred);
        if (loops.isEpoll()) {
            bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES_MAX);
        }
        var binding = bootstrap.bind(host, port).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + ": " + reason(binding.cause()),
                    binding.cause());
        }
        return new ProtocolPort(binding.channel(), deferred);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException) {
            return "no such host";
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** The port bound. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Accepts connections from now on, and hands them to {@code initializer}. */
    public void accept(ChannelInitializer<Channel> initializer) {
        deferred.initializer = initializer;
        channel.config().setAutoRead(true);
    }

    /** Accepts nobody any more. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }

    /** Stands in for an initialiser that needs to know the bound port. */
    @Sharable
    private static final class Deferred extends ChannelInitializer<Channel> {

        private volatile @Nullable ChannelInitializer<Channel> initializer;

        @Override
        protected void initChannel(Channel accepted) {
            ChannelInitializer<Channel> real = initializer;
            if (real == null) {
                throw new IllegalStateException("accepted before the port was opened");
            }
            accepted.pipeline().addLast(real);
        }
    }
}
