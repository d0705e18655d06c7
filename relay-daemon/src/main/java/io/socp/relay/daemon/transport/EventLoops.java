package io.socp.relay.daemon.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.socp.relay.daemon.config.Transport;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The event loops of this process, on the transport that is wanted. Thread-safe. */
@ThreadSafe
public final class EventLoops {

    private static final Duration QUIET = Duration.ofMillis(50);

    private final Kind kind;
    private final EventLoopGroup acceptors;
    private final EventLoopGroup workers;
    private final EventLoopGroup operators;

    /** What belongs to one transport. */
    private record Kind(
            String name,
            Supplier<IoHandlerFactory> handlers,
            Class<? extends ServerChannel> serverChannel,
            Class<? extends Channel> clientChannel) {}

    /** Loops on the best transport that is certain to work. */
    public EventLoops(int threads) {
        this(threads, best());
    }

    /** Loops on this transport; the exception says why it cannot be had. */
    public EventLoops(int threads, Transport transport) throws IOException {
        this(
                threads,
                switch (transport) {
                    case AUTO -> best();
                    case NIO -> nio();
                    case EPOLL ->
                            available(transport, Epoll.unavailabilityCause(), EventLoops::epoll);
                    case IO_URING ->
                            available(
                                    transport, IoUring.unavailabilityCause(), EventLoops::ioUring);
                });
    }

    private EventLoops(int threads, Kind kind) {
        this.kind = kind;
        this.acceptors =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("accept", true), handlers());
        this.workers =
                new MultiThreadIoEventLoopGroup(
                        threads, new DefaultThreadFactory("link", true), handlers());
        this.operators =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("operators", true), handlers());
    }

    /** What operators ask runs where it holds up neither links nor whoever wants to be one. */
    EventLoopGroup operators() {
        return operators;
    }

    EventLoopGroup acceptors() {
        return acceptors;
    }

    /** The loops that links live on. */
    public EventLoopGroup workers() {
        return workers;
    }

    Class<? extends ServerChannel> serverChannel() {
        return kind.serverChannel();
    }

    Class<? extends Channel> clientChannel() {
        return kind.clientChannel();
    }

    boolean isEpoll() {
        return kind.serverChannel().equals(EpollServerSocketChannel.class);
    }

    /** What the loops run on, for logs. */
    public String kind() {
        return kind.name();
    }

    /** Ends the loops, and waits for it, but not longer. */
    public void close(Deadline deadline) {
        List<? extends Future<?>> ends =
                Stream.of(operators, acceptors, workers)
                        .map(group -> end(group, deadline))
                        .toList();
        ends.forEach(end -> end.awaitUninterruptibly(deadline.leftMs()));
    }

    private static Future<?> end(EventLoopGroup group, Deadline deadline) {
        long mostMs = deadline.leftMs();
        return group.shutdownGracefully(
                Math.min(QUIET.toMillis(), mostMs), mostMs, TimeUnit.MILLISECONDS);
    }

    private IoHandlerFactory handlers() {
        return kind.handlers().get();
    }

    private static Kind available(
            Transport transport, @Nullable Throwable obstacle, Supplier<Kind> kind)
            throws IOException {
        if (obstacle != null) {
            throw new IOException(
                    "transport " + transport + " is not available here: " + obstacle.getMessage(),
                    obstacle);
        }
        return kind.get();
    }

    private static Kind best() {
        return Epoll.isAvailable() ? epoll() : nio();
    }

    private static Kind epoll() {
        return new Kind(
                "epoll",
                EpollIoHandler::newFactory,
                EpollServerSocketChannel.class,
                EpollSocketChannel.class);
    }

    private static Kind ioUring() {
        return new Kind(
                "io_uring",
                IoUringIoHandler::newFactory,
                IoUringServerSocketChannel.class,
                IoUringSocketChannel.class);
    }

    private static Kind nio() {
        return new Kind(
                "nio",
                NioIoHandler::newFactory,
                NioServerSocketChannel.class,
                NioSocketChannel.class);
    }
}
