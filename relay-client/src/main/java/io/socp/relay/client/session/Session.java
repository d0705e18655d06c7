package io.socp.relay.client.session;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One connection to a relay, from dialling to its end. Thread-safe: every call is an event put to
 * the connection's loop, which owns the state.
 */
@ThreadSafe
public final class Session {

    /** Two loops carry thousands of sessions; they are shared by all of this process. */
    private static final EventLoopGroup LOOPS =
            SocketTransport.chosen().newEventLoops(2, "socp-client-io");

    /** Bytes given to the channel that nothing can overtake any more: less than one file frame. */
    private static final WriteBufferWaterMark UNWRITTEN =
            new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private final SessionHandler handler;
    private final Channel channel;

    private Session(SessionHandler handler, Channel channel) {
        this.handler = handler;
        this.channel = channel;
    }

    /**
     * Dials and says hello; what comes of it goes to {@code listener}.
     *
     * @param hello the signed USER_HELLO, stamped when called, on the event loop
     */
    public static Session open(
            SessionOptions options, Supplier<Envelope> hello, SessionListener listener) {
        return open(options, _ -> CompletableFuture.completedFuture(hello.get()), listener);
    }

    /** The same with a hello that may depend on what the server shows. */
    public static Session open(
            SessionOptions options, HelloSource hello, SessionListener listener) {
        SessionHandler handler = new SessionHandler(options, hello, listener);
        int connectTimeoutMs = Math.toIntExact(options.connectTimeout().toMillis());
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(LOOPS)
                        .channel(SocketTransport.chosen().channelClass())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMs)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNWRITTEN)
                        .handler(new SessionInitializer(options, handler));
        SocketTransport.chosen().tune(bootstrap);
        ChannelFuture connecting = bootstrap.connect(options.host(), options.port());
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                handler.onConnectFailed(done.cause());
            }
        });
        return new Session(handler, connecting.channel());
    }

    /** Sends a message to one user, or anything as urgent. */
    public CompletableFuture<Void> send(Envelope envelope) {
        return send(envelope, Priority.DIRECT);
    }

    /** Completes when the envelope's bytes are with the operating system. */
    public CompletableFuture<Void> send(Envelope envelope, Priority priority) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        byte[] bytes = envelope.bytes();
        if (!onLoop(ctx -> handler.send(ctx, bytes, priority, written))) {
            written.completeExceptionally(new IOException("the session is over"));
        }
        return written;
    }

    /** Completes when the server's WebSocket layer has seen all that was sent before. */
    public CompletableFuture<Void> ping() {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        boolean isThere = onLoop(ctx -> handler.ping(ctx, answered));
        if (!isThere) {
            answered.completeExceptionally(new IOException("the session is over"));
        }
        return answered;
    }

    /**
     * Writes nothing more of what waits: the server is about to close. Completes when it has seen
     * what was written; what waits fails at the end.
     */
    public CompletableFuture<Void> holdBack() {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        if (!onLoop(ctx -> handler.holdBack(ctx, answered))) {
            answered.completeExceptionally(new IOException("the session is over"));
        }
        return answered;
    }

    /** Stops or resumes reading; what is in flight still arrives. */
    public void setReading(boolean isReading) {
        channel.config().setAutoRead(isReading);
    }

    /** Closes as SOCP §4 says, with code 1000; the listener hears of the end. */
    public void close(String reason) {
        if (!onLoop(ctx -> handler.close(ctx, reason))) {
            channel.close().addListener(SessionHandler::logged);
        }
    }

    private boolean onLoop(Consumer<ChannelHandlerContext> call) {
        ChannelHandlerContext ctx = channel.pipeline().context(handler);
        if (ctx == null) {
            return false;
        }
        ctx.executor().execute(() -> call.accept(ctx));
        return true;
    }
}
