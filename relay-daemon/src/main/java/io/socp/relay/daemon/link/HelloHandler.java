package io.socp.relay.daemon.link;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.socp.relay.daemon.link.Link.FrameFate;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.envelope.Decoding;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.wire.HandlerNames;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first frame and for the decision on it, then replaces itself by {@link
 * LinkHandler}. Event-loop confined to its channel.
 *
 * <p>One frame at a time is decided on, since what may follow depends on who the first one shows
 * the other end to be. Frames that come meanwhile are held, and reading pauses; their number is
 * bounded by what one read can bring.
 */
@EventLoopConfined
public final class HelloHandler extends ChannelInboundHandlerAdapter implements LinkPhase {

    /** Frames held while the hello is decided on. */
    static final int HELD_FRAMES_MAX = 1_024;

    /** How often a hello in hand is given the whole time again. */
    static final int OVERTIMES_MAX = 11;

    private final Link link;
    private final Inbox inbox;
    private final Duration timeout;
    private final int inFlightMax;
    private final Queue<Decoding> held = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ScheduledFuture<?> timer;
    private boolean deciding;
    private int overtimes;
    private boolean speaksWebSocket;

    /** The close frame has come while the hello is being decided on. */
    private boolean farewell;

    /**
     * A handler for a link whose other end is not known.
     *
     * @param inFlightMax frames the successor lets pass before it pauses reading
     */
    public HelloHandler(Link link, Inbox inbox, Duration timeout, int inFlightMax) {
        this.link = link;
        this.inbox = inbox;
        this.timeout = timeout;
        this.inFlightMax = inFlightMax;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        link.enter(this);
        timer =
                context.executor()
                        .schedule(this::onTimeout, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancelTimer();
        held.clear();
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Decoding decoding -> onFrame(decoding);
            case Farewell _ when deciding -> {
                link.onFarewell();
                farewell = true;
            }
            case Farewell _ -> inbox.onFarewell();
            // A hello is due, whoever lives.
            case Pong _, SignOfLife _ -> {}
            default -> ctx.fireChannelRead(message);
        }
    }

    private void onFrame(Decoding decoding) {
        if (!deciding) {
            decide(decoding);
        } else if (held.size() < HELD_FRAMES_MAX) {
            held.add(decoding);
        } else {
            link.close(CloseReason.POLICY, "too many frames before the hello was answered");
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeComplete
                || event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            speaksWebSocket = true;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        link.onWritabilityChanged();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        link.onClosed();
        inbox.onClosed();
        ctx.fireChannelInactive();
    }

    @Override
    public void onFrameDone(FrameFate fate) {
        if (fate == FrameFate.PENDING) {
            return;
        }
        // The frame in hand changed nothing: the next one may be the hello.
        deciding = false;
        Decoding next = held.poll();
        if (next != null) {
            decide(next);
        } else if (farewell) {
            inbox.onFarewell();
        } else {
            link.resume(PauseReason.HELLO);
        }
    }

    @Override
    public void onPart(Runnable close) {
        close.run();
    }

    private void decide(Decoding decoding) {
        if (link.isClosing()) {
            held.clear();
            return;
        }
        deciding = true;
        link.pause(PauseReason.HELLO);
        inbox.onFrame(decoding);
    }

    /**
     * A stranger is free to greet us again, and an introducer's answer is still awaited; everyone
     * else's role is known now.
     */
    @Override
    public void onIdentified(LinkIdentity identity) {
        switch (identity) {
            case LinkIdentity.Stranger _ -> onFrameDone(FrameFate.FINISHED);
            // The control plane keeps the time: it dialled.
            case LinkIdentity.Introducer _ -> cancelTimer();
            case LinkIdentity.User _, LinkIdentity.Server _ -> {
                LinkHandler successor = new LinkHandler(link, inbox, inFlightMax);
                Queue<Decoding> frames = new ArrayDeque<>(held);
                if (ctx == null) {
                    throw new IllegalStateException("identified before the pipeline was built");
                }
                ctx.pipeline().replace(this, HandlerNames.LINK, successor);
                frames.forEach(successor::take);
                if (farewell) {
                    inbox.onFarewell();
                }
                link.resume(PauseReason.HELLO);
            }
        }
    }

    private void onTimeout() {
        if (!speaksWebSocket && ctx != null) {
            // An ERROR would need a WebSocket to travel in.
            var _ = ctx.close();
        } else if (deciding && overtimes < OVERTIMES_MAX && ctx != null) {
            // A hello is in hand: the delay is ours, as when thousands come at once.
            overtimes++;
            timer =
                    ctx.executor()
                            .schedule(this::onTimeout, timeout.toMillis(), TimeUnit.MILLISECONDS);
        } else if (!link.isClosing()) {
            inbox.onSilence("no valid first frame within " + timeout.toSeconds() + " s");
        }
    }
}
