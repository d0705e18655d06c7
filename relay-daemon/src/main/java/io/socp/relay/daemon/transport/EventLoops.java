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
import io.netty.util.concurrent.DefaultThreadFactory;
import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of this process, on epoll where it is available and NIO elsewhere. Thread-safe.
 */
@ThreadSafe
public final class EventLoops implements AutoCloseable {

    private static final Duration QUIET = Duration.ofMillis(50);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup acceptors;
    private final EventLoopGroup workers;

    public EventLoops(int threads) {
        this.acceptors =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("accept", true), handlers());
        this.workers =
                new MultiThreadIoEventLoopGroup(
                        threads, new DefaultThreadFactory("link", true), handlers());
    }

    EventLoopGroup acceptors() {
        return acceptors;
    }

    /** The loops that links live on. */
    public EventLoopGroup workers() {
        return workers;
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends Channel> clientChannel() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    boolean isEpoll() {
        return epoll;
    }

    /** What the loops run on, for logs. */
    public String kind() {
        return epoll ? "epoll" : "nio";
    }

    /** Ends the loops; waits for it. */
    @Override
    public void close() {
        var acceptorsEnd =
                acceptors.shutdownGracefully(
                        QUIET.toMillis(), STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        var workersEnd =
                workers.shutdownGracefully(
                        QUIET.toMillis(), STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        acceptorsEnd.awaitUninterruptibly(STOP_TIMEOUT.toMillis());
        workersEnd.awaitUninterruptibly(STOP_TIMEOUT.toMillis());
    }

    private IoHandlerFactory handlers() {
        return epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }
}
