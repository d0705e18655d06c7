package io.socp.relay.client.session;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.socp.relay.ownership.Immutable;
import java.util.function.Supplier;

/**
 * How this process does its socket I/O: epoll where its native library loads, else NIO. Immutable.
 */
@Immutable
public final class SocketTransport {

    /** Unsent bytes at which the kernel takes more. */
    private static final long KERNEL_UNSENT_BYTES = 128 * 1024;

    private static final SocketTransport CHOSEN =
            Epoll.isAvailable()
                    ? new SocketTransport(
                            EpollIoHandler::newFactory,
                            EpollSocketChannel.class,
                            EpollServerSocketChannel.class)
                    : new SocketTransport(
                            NioIoHandler::newFactory,
                            NioSocketChannel.class,
                            NioServerSocketChannel.class);

    private final Supplier<IoHandlerFactory> ioHandlers;
    private final Class<? extends Channel> channelClass;
    private final Class<? extends ServerChannel> serverChannelClass;

    private SocketTransport(
            Supplier<IoHandlerFactory> ioHandlers,
            Class<? extends Channel> channelClass,
            Class<? extends ServerChannel> serverChannelClass) {
        this.ioHandlers = ioHandlers;
        this.channelClass = channelClass;
        this.serverChannelClass = serverChannelClass;
    }

    public static SocketTransport chosen() {
        return CHOSEN;
    }

    /** Keeps what waits in the kernel short, where that can be said: nothing overtakes it there. */
    void tune(Bootstrap connection) {
        if (channelClass == EpollSocketChannel.class) {
            connection.option(EpollChannelOption.TCP_NOTSENT_LOWAT, KERNEL_UNSENT_BYTES);
        }
    }

    /** New event loops on daemon threads; the caller shuts them down, or never. */
    public EventLoopGroup newEventLoops(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory(name, true), ioHandlers.get());
    }

    public Class<? extends Channel> channelClass() {
        return channelClass;
    }

    /** Of a port that listens. */
    public Class<? extends ServerChannel> serverChannelClass() {
        return serverChannelClass;
    }
}
