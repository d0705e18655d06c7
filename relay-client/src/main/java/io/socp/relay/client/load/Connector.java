package io.socp.relay.client.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.socp.relay.client.session.SocketTransport;
import io.socp.relay.ownership.EventLoopConfined;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects many users to one server, some at a time, and waits until each has been welcomed or
 * refused. Event-loop confined.
 *
 * <p>Beyond 10,000 connections to 127.0.0.1 they come from further loopback addresses, since one
 * address has some 28,000 ports.
 */
@EventLoopConfined
final class Connector {

    /** What is under way of TCP connections, upgrades and hellos. */
    static final int AT_ONCE = 64;

    static final int LINKS_OF_AN_ADDRESS = 10_000;

    private static final int CONNECT_TIMEOUT_MS = 10_000;
    private static final long WELCOME_TIMEOUT_S = 30;
    private static final String LOOPBACK = "127.0.0.1";
    private static final int SMALL_BUFFER_BYTES = 16 * 1024;

    private final EventLoop loop;
    private final ChannelGroup open;
    private final Endpoint server;
    private final int atOnce;
    private final boolean isSlow;
    private int connections;

    /**
     * A connector to one server.
     *
     * @param open takes up every connection that is made
     * @param isSlow small receive buffers, for those who will stop reading
     */
    Connector(EventLoop loop, ChannelGroup open, Endpoint server, int atOnce, boolean isSlow) {
        this.loop = loop;
        this.open = open;
        this.server = server;
        this.atOnce = atOnce;
        this.isSlow = isSlow;
    }

    /**
     * Connects them all.
     *
     * @param each is told of every user when it is in (null) or why it is not
     * @return completes on the loop when all have been told of
     */
    CompletableFuture<Void> connect(
            List<LoadUser> users, BiConsumer<LoadUser, @Nullable Throwable> each) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Iterator<LoadUser> rest = users.iterator();
        int[] left = {users.size()};
        loop.execute(() -> {
            if (users.isEmpty()) {
                done.complete(null);
            }
            for (int i = 0; i < atOnce && rest.hasNext(); i++) {
                connectNext(rest, each, left, done);
            }
        });
        return done;
    }

    private void connectNext(
            Iterator<LoadUser> rest,
            BiConsumer<LoadUser, @Nullable Throwable> each,
            int[] left,
            CompletableFuture<Void> done) {
        LoadUser user = rest.next();
        var _ =
                user.ready()
                        .orTimeout(WELCOME_TIMEOUT_S, TimeUnit.SECONDS)
                        .whenComplete((_, failure) ->
                                onLoop(() -> {
                                    if (failure != null) {
                                        user.leave();
                                    }
                                    each.accept(user, described(failure));
                                    if (--left[0] == 0) {
                                        done.complete(null);
                                    } else if (rest.hasNext()) {
                                        connectNext(rest, each, left, done);
                                    }
                                }));
        open(user);
    }

    private static @Nullable Throwable described(@Nullable Throwable failure) {
        return failure instanceof TimeoutException
                ? new IOException("no answer within " + WELCOME_TIMEOUT_S + " s", failure)
                : failure;
    }

    private void onLoop(Runnable task) {
        // Never at once: a thousand refusals in a row would be as deep.
        loop.execute(task);
    }

    private void open(LoadUser user) {
        user.begin(System.nanoTime());
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(SocketTransport.chosen().channelClass())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel ch) {
                                        open.add(ch);
                                        ch.pipeline()
                                                .addLast("load", new LoadChannel(server, user));
                                        if (server.tls() != null) {
                                            server.tls().addTo(ch);
                                        }
                                    }
                                });
        if (isSlow) {
            bootstrap.option(ChannelOption.SO_RCVBUF, SMALL_BUFFER_BYTES);
        }
        InetSocketAddress to = server.address();
        String from = sourceAddress(server.server().getHost(), connections++);
        (from == null
                        ? bootstrap.connect(to)
                        : bootstrap.connect(to, new InetSocketAddress(from, 0)))
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        user.onClosed(String.valueOf(connected.cause().getMessage()));
                    }
                });
    }

    /** Where connection number n comes from; null leaves it to the system. */
    static @Nullable String sourceAddress(String host, int number) {
        int address = number / LINKS_OF_AN_ADDRESS;
        return !host.equals(LOOPBACK) || address == 0 ? null : "127.0.0." + (1 + address);
    }
}
