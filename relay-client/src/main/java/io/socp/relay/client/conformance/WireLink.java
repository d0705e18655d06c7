package io.socp.relay.client.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket connection that sends whatever it is told to, well-formed or not. Thread-safe: what
 * changes is in futures; Netty takes writes from any thread.
 */
@ThreadSafe
final class WireLink {

    /** The other end's close frame; code -1 when the connection just ended. */
    record Closing(int code, String reason) {}

    static final int NORMAL = 1000;
    private static final int NO_CODE = -1;
    private static final int WS_PORT = 80; // RFC 6455 §3
    private static final int HTTP_BYTES_MAX = 16 * 1024;
    private static final long CLOSE_ANSWER_MS = 1_000;

    /** Shared by all runs of this process. */
    static final EventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("conformance-io", true), NioIoHandler.newFactory());

    private static final Logger log = LoggerFactory.getLogger(WireLink.class);

    private final CompletableFuture<Void> up = new CompletableFuture<>();
    private final CompletableFuture<Closing> closing = new CompletableFuture<>();
    private final CompletableFuture<Void> pong = new CompletableFuture<>();
    private volatile @Nullable Channel channel;

    WireLink() {}

    /** Dials and waits for the upgrade; answers pings if wished. */
    static WireLink dial(URI url, Inbox inbox, Duration timeout, boolean answersPings)
            throws IOException, InterruptedException {
        WireLink link = new WireLink();
        WireHandler handler = new WireHandler(link, inbox);
        int timeoutMs = Math.toIntExact(timeout.toMillis());
        ChannelFuture connecting =
                new Bootstrap()
                        .group(LOOPS)
                        .channel(NioSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs)
                        .handler(new DialInitializer(url, timeout, answersPings, handler))
                        .connect(host(url), url.getPort() < 0 ? WS_PORT : url.getPort());
        link.attach(connecting.channel());
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                link.onEnd(done.cause());
            }
        });
        link.awaitUp(timeout.multipliedBy(2));
        return link;
    }

    private static String host(URI url) {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    void attach(Channel ch) {
        channel = ch;
    }

    private void awaitUp(Duration timeout) throws IOException, InterruptedException {
        try {
            up.get(timeout.toMillis(), MILLISECONDS);
        } catch (ExecutionException failed) {
            throw new IOException(reason(failed.getCause()), failed);
        } catch (TimeoutException late) {
            abort();
            throw new IOException("no answer to the WebSocket upgrade", late);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        return message == null ? "the connection failed" : message;
    }

    /** Sends one text message. */
    void send(String text) {
        finish(channel().writeAndFlush(new TextWebSocketFrame(text)));
    }

    /** Sends one text message in two WebSocket fragments. */
    void sendInTwo(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        int half = bytes.length / 2;
        Channel ch = channel();
        finish(ch.write(new TextWebSocketFrame(false, 0, Unpooled.wrappedBuffer(bytes, 0, half))));
        finish(
                ch.writeAndFlush(
                        new ContinuationWebSocketFrame(
                                true,
                                0,
                                Unpooled.wrappedBuffer(bytes, half, bytes.length - half))));
    }

    /** Whether a ping is answered in time. */
    boolean ping(Duration timeout) throws InterruptedException {
        finish(channel().writeAndFlush(new PingWebSocketFrame()));
        return done(pong, timeout);
    }

    /** Says goodbye with this code; the connection ends when it is answered, or soon. */
    void close(int code) {
        Channel ch = channel();
        finish(ch.writeAndFlush(new CloseWebSocketFrame(code, "")));
        Future<?> unanswered =
                ch.eventLoop().schedule(this::abort, CLOSE_ANSWER_MS, TimeUnit.MILLISECONDS);
        ch.closeFuture().addListener(_ -> unanswered.cancel(false));
    }

    /** Ends the connection without a word. */
    void abort() {
        finish(channel().close());
    }

    void onceClosed(Runnable task) {
        channel().closeFuture().addListener(_ -> task.run());
    }

    boolean isOpen() {
        return channel().isActive() && !closing.isDone();
    }

    /** The other end's goodbye, or null when it says none in time. */
    @Nullable Closing awaitClosing(Duration timeout) throws InterruptedException {
        return done(closing, timeout) ? closing.join() : null;
    }

    /** This machine's address, as the other end sees it where no gateway is between. */
    String localHost() {
        InetAddress local = ((InetSocketAddress) channel().localAddress()).getAddress();
        String address = local.getHostAddress();
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    void onUp() {
        up.complete(null);
    }

    void onPong() {
        pong.complete(null);
    }

    void onClosing(int code, String reason) {
        closing.complete(new Closing(code, reason));
    }

    void onEnd(Throwable cause) {
        up.completeExceptionally(cause);
        closing.complete(new Closing(NO_CODE, reason(cause)));
    }

    /** The end of every write and close: what failed ends the connection, which is told of. */
    static void finish(ChannelFuture future) {
        future.addListener(done -> {
            if (!done.isSuccess()) {
                log.debug("a frame was not sent", done.cause());
            }
        });
    }

    private Channel channel() {
        Channel ch = channel;
        if (ch == null) {
            throw new IllegalStateException("a link has its channel from the beginning");
        }
        return ch;
    }

    private static boolean done(CompletableFuture<?> future, Duration timeout)
            throws InterruptedException {
        try {
            Object _ = future.get(timeout.toMillis(), MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException bug) {
            throw new IllegalStateException("these futures do not fail", bug);
        }
    }

    /** The dialling side: HTTP for the upgrade, WebSocket, whole messages, the inbox. */
    private static final class DialInitializer extends ChannelInitializer<Channel> {

        private final URI url;
        private final Duration timeout;
        private final boolean answersPings;
        private final WireHandler handler;

        DialInitializer(URI url, Duration timeout, boolean answersPings, WireHandler handler) {
            this.url = url;
            this.timeout = timeout;
            this.answersPings = answersPings;
            this.handler = handler;
        }

        @Override
        protected void initChannel(Channel ch) {
            ChannelPipeline pipeline = ch.pipeline();
            pipeline.addLast("http-codec", new HttpClientCodec());
            pipeline.addLast("http-aggregator", new HttpObjectAggregator(HTTP_BYTES_MAX));
            if (!answersPings) {
                pipeline.addLast("ping-shield", new PingShield());
            }
            pipeline.addLast(
                    "websocket",
                    new WebSocketClientProtocolHandler(
                            WebSocketClientProtocolConfig.newBuilder()
                                    .webSocketUri(url)
                                    .maxFramePayloadLength(Frame.BYTES_MAX)
                                    .handshakeTimeoutMillis(timeout.toMillis())
                                    .handleCloseFrames(false)
                                    .sendCloseFrame(null)
                                    .dropPongFrames(false)
                                    .withUTF8Validator(false)
                                    .build()));
            pipeline.addLast("aggregator", new WebSocketFrameAggregator(Frame.BYTES_MAX));
            pipeline.addLast("inbox", handler);
        }
    }
}
