package io.socp.relay.client.session;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.socp.relay.client.session.ControlFrameHandler.CloseSeen;
import io.socp.relay.client.session.ControlFrameHandler.PongSeen;
import io.socp.relay.client.session.SessionState.AwaitingAnswer;
import io.socp.relay.client.session.SessionState.Closing;
import io.socp.relay.client.session.SessionState.Connecting;
import io.socp.relay.client.session.SessionState.Ended;
import io.socp.relay.client.session.SessionState.Open;
import io.socp.relay.client.session.TlsCheckHandler.Refused;
import io.socp.relay.client.session.TlsCheckHandler.Secured;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Decoding;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.IdRule;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.Parsing;
import io.socp.relay.ownership.EventLoopConfined;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session's state machine. Event-loop confined: the loop of its channel; the last handler of
 * the pipeline, so nothing passes it.
 */
@EventLoopConfined
final class SessionHandler extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(SessionHandler.class);

    /** How long a server may take to answer our close frame. */
    private static final long CLOSE_ANSWER_MS = 2_000;

    private final SessionOptions options;
    private final HelloSource hello;
    private final SessionListener listener;
    private final MessageParser parser = new MessageParser(IdRule.LENIENT);
    private final Queue<CompletableFuture<Void>> pings = new ArrayDeque<>();
    private final OutboundQueue outbound = new OutboundQueue();
    private final EndWords words;

    private SessionState state = new Connecting();
    private @Nullable SessionEnd failure;
    private boolean isHeldBack;

    /** What the server has proven, and what it shows for the hello to sign. */
    private @Nullable RsaPublicKey proven;

    private @Nullable String nonce;

    /** Of the silence after the hello, then of the answer to our close frame. */
    private @Nullable ScheduledFuture<?> deadline;

    SessionHandler(SessionOptions options, HelloSource hello, SessionListener listener) {
        this.options = options;
        this.words = new EndWords(options);
        this.hello = hello;
        this.listener = listener;
    }

    /** Sends a close frame and waits a moment for the answer. */
    void close(ChannelHandlerContext ctx, String reason) {
        switch (state) {
            case Connecting _ -> {
                failure = new SessionEnd.ClosedHere(reason);
                close(ctx);
            }
            case AwaitingAnswer _, Open _ -> {
                transitionTo(new Closing(new SessionEnd.ClosedHere(reason)));
                write(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
                cancelDeadline();
                deadline = ctx.executor().schedule(() -> close(ctx), CLOSE_ANSWER_MS, MILLISECONDS);
            }
            case Closing _, Ended _ -> {}
        }
    }

    /** Completes {@code answered} when the server's WebSocket layer has seen all we sent before. */
    void ping(ChannelHandlerContext ctx, CompletableFuture<Void> answered) {
        if (state instanceof Ended) {
            answered.completeExceptionally(over());
            return;
        }
        outbound.add(
                () -> {
                    pings.add(answered);
                    return new PingWebSocketFrame();
                },
                Priority.FILE, // behind everything
                written -> {
                    logged(written);
                    if (!written.isSuccess()) {
                        answered.completeExceptionally(written.cause());
                    }
                });
        drain(ctx);
    }

    /**
     * Writes nothing more of what waits, since the server is about to close; completes {@code
     * answered} when it has seen all that was written.
     */
    void holdBack(ChannelHandlerContext ctx, CompletableFuture<Void> answered) {
        if (state instanceof Ended) {
            answered.completeExceptionally(over());
            return;
        }
        isHeldBack = true;
        pings.add(answered);
        write(ctx, new PingWebSocketFrame());
    }

    /** Writes what waits, as far as the channel takes it. */
    private void drain(ChannelHandlerContext ctx) {
        if (!isHeldBack) {
            outbound.drain(ctx.channel());
        }
    }

    /** Writes an envelope's bytes when its turn has come. */
    void send(
            ChannelHandlerContext ctx,
            byte[] envelope,
            Priority priority,
            CompletableFuture<Void> written) {
        outbound.add(
                envelope,
                priority,
                done -> {
                    if (done.isSuccess()) {
                        written.complete(null);
                    } else {
                        written.completeExceptionally(done.cause());
                    }
                });
        if (state instanceof Ended) {
            outbound.fail(ctx.channel(), over());
        } else {
            drain(ctx);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        drain(ctx);
    }

    /** The end when no connection came about: no channel event tells of it. */
    void onConnectFailed(Throwable cause) {
        end(new SessionEnd.NotConnected(words.notConnected(cause)));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case ClientHandshakeStateEvent.HANDSHAKE_COMPLETE -> makeHello(ctx);
            case ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT -> {
                String why = "no answer to the WebSocket upgrade";
                failure = new SessionEnd.NotConnected(words.notConnected(why));
                close(ctx);
            }
            case Secured(RsaPublicKey key) when key != null -> {
                proven = key;
                listener.onSecured(key);
            }
            case LinkNonceHandler.Shown(String shown) -> nonce = shown;
            case Refused(SessionEnd end) -> {
                failure =
                        end instanceof SessionEnd.NotConnected(String why)
                                ? new SessionEnd.NotConnected(words.notConnected(why))
                                : end;
                close(ctx);
            }
            case CloseSeen(int code, String reason) -> {
                if (failure == null && !(state instanceof Closing)) {
                    failure = EndWords.lost(code, reason);
                }
                close(ctx);
            }
            case PongSeen _ -> {
                CompletableFuture<Void> answered = pings.poll();
                if (answered != null) {
                    answered.complete(null);
                }
            }
            default -> {} // Netty's own: the handshake has begun, the input is shut down
        }
    }

    private void makeHello(ChannelHandlerContext ctx) {
        LinkChallenge challenge =
                proven == null || nonce == null ? null : LinkChallenge.of(nonce, proven);
        CompletableFuture<Envelope> made = hello.hello(challenge);
        if (made.isDone() && !made.isCompletedExceptionally()) {
            sayHello(ctx, made.resultNow());
        } else {
            var _ =
                    made.whenCompleteAsync(
                            (envelope, failed) -> onHelloMade(ctx, envelope, failed),
                            ctx.executor());
        }
    }

    private void onHelloMade(
            ChannelHandlerContext ctx, @Nullable Envelope envelope, @Nullable Throwable failed) {
        if (!(state instanceof Connecting) || failure != null) {
            return; // closed meanwhile
        }
        if (envelope == null) {
            log.debug("no hello", failed);
            close(ctx);
        } else {
            sayHello(ctx, envelope);
        }
    }

    private void sayHello(ChannelHandlerContext ctx, Envelope envelope) {
        write(ctx, bytes(envelope));
        long silenceMs = options.silence().toMillis();
        deadline = ctx.executor().schedule(this::onSilence, silenceMs, MILLISECONDS);
        transitionTo(new AwaitingAnswer());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Decoding decoding) {
            onDecoding(ctx, decoding);
        } else {
            ReferenceCountUtil.release(msg); // rest of the upgrade response
        }
    }

    private void onDecoding(ChannelHandlerContext ctx, Decoding decoding) {
        switch (state) {
            case AwaitingAnswer _ -> onAnswer(ctx, decoding);
            case Open _, Closing _ -> deliver(decoding);
            case Connecting _,
                    Ended _ -> {} // before the upgrade there are no frames, after the end no reader
        }
    }

    private void deliver(Decoding decoding) {
        switch (decoding) {
            case Decoded(Envelope envelope) -> listener.onEnvelope(envelope);
            case DecodeFailure unreadable -> listener.onUnreadableFrame(unreadable.detail());
        }
    }

    /** Any first frame but an ERROR says that the hello was taken. */
    private void onAnswer(ChannelHandlerContext ctx, Decoding decoding) {
        if (failure != null) {
            return; // refused, and closing
        }
        switch (decoding) {
            case Decoded(Envelope envelope) when isError(envelope) -> refuse(ctx, envelope);
            case Decoded(Envelope envelope) -> accept(envelope);
            case DecodeFailure unreadable -> {
                accept(null);
                listener.onUnreadableFrame(unreadable.detail());
            }
        }
    }

    private static boolean isError(Envelope envelope) {
        return envelope.type().equals(MessageType.ERROR.name());
    }

    private void refuse(ChannelHandlerContext ctx, Envelope error) {
        cancelDeadline();
        failure =
                parser.parse(error)
                                instanceof
                                Parsing.Parsed(ErrorNotice(_, String code, String detail))
                        ? new SessionEnd.HelloRefused(code, detail)
                        : new SessionEnd.HelloRefused(MessageType.ERROR.name(), "");
        close(ctx);
    }

    private void onSilence() {
        if (state instanceof AwaitingAnswer) {
            accept(null);
        }
    }

    private void accept(@Nullable Envelope first) {
        cancelDeadline();
        transitionTo(new Open());
        listener.onAccepted(first);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        outbound.fail(ctx.channel(), over());
        end(
                switch (state) {
                    case Closing(SessionEnd end) -> end;
                    case Connecting _ ->
                            new SessionEnd.NotConnected(
                                    words.notConnected(
                                            "the connection was closed during the upgrade"));
                    case AwaitingAnswer _ ->
                            new SessionEnd.Lost("the server closed the connection after the hello");
                    case Open _, Ended _ ->
                            new SessionEnd.Lost("the connection was closed by the server");
                });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (failure == null) {
            failure =
                    state instanceof Connecting
                            ? new SessionEnd.NotConnected(words.notConnected(cause))
                            : new SessionEnd.Lost(words.describe(cause));
        }
        if (!(cause instanceof IOException || cause instanceof TooLongFrameException)) {
            log.debug("session with {} failed", options.server(), cause);
        }
        close(ctx);
    }

    /** The first end counts, and a known cause explains more than the closed channel. */
    private void end(SessionEnd observed) {
        if (state instanceof Ended) {
            return;
        }
        cancelDeadline();
        transitionTo(new Ended());
        pings.forEach(ping -> ping.completeExceptionally(over()));
        pings.clear();
        listener.onEnd(failure == null ? observed : failure);
    }

    private void transitionTo(SessionState next) {
        log.debug("{}: {} -> {}", options.server(), state, next);
        state = next;
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private static IOException over() {
        return new IOException("the session is over");
    }

    private static void write(ChannelHandlerContext ctx, Object frame) {
        ctx.writeAndFlush(frame).addListener(SessionHandler::logged);
    }

    private static void close(ChannelHandlerContext ctx) {
        ctx.close().addListener(SessionHandler::logged);
    }

    /** The end of every write and close: what failed here ends the channel, which is told of. */
    static void logged(Future<?> done) {
        if (!done.isSuccess()) {
            log.debug("a frame was not sent", done.cause());
        }
    }

    /** As the encoder takes it. */
    static ByteBuf bytes(Envelope envelope) {
        return Unpooled.wrappedBuffer(envelope.bytes());
    }
}
