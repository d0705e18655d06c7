package io.socp.relay.daemon.link;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import io.socp.relay.daemon.link.Link.FrameFate;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.envelope.Decoding;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.verify.LinkIdentity;

/**
 * The bridge between the channel of a known user or peer and its inbox. Event-loop confined to its
 * channel.
 *
 * <p>Reading pauses while too many frames of this link are being verified, and while the other end
 * does not read what we write: whoever sends faster than we can work waits in its own socket.
 */
@EventLoopConfined
final class LinkHandler extends ChannelInboundHandlerAdapter implements LinkPhase {

    private final Link link;
    private final Inbox inbox;
    private final int inFlightMax;

    /** Our close frame is written, the other end's has not come, and what it says still counts. */
    private boolean hearsOut;

    LinkHandler(Link link, Inbox inbox, int inFlightMax) {
        this.link = link;
        this.inbox = inbox;
        this.inFlightMax = inFlightMax;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        link.enter(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Decoding decoding -> take(decoding);
            case Pong(long number) -> link.onPong(number);
            case SignOfLife _ -> inbox.onSignOfLife();
            case Farewell _ -> {
                hearsOut = false;
                link.onFarewell();
                inbox.onFarewell();
            }
            default -> ctx.fireChannelRead(message);
        }
    }

    /** Takes a frame that was read, or held before the hello was decided on. */
    void take(Decoding decoding) {
        if (link.isClosing() && !hearsOut) {
            return;
        }
        inbox.onFrame(decoding);
        if (inbox.inFlight() >= inFlightMax) {
            link.pause(PauseReason.BACKLOG);
        }
    }

    @Override
    public void onFrameDone(FrameFate fate) {
        // At half of the bound, so that reading does not stop and start with every frame.
        if (inbox.inFlight() <= inFlightMax / 2) {
            link.resume(PauseReason.BACKLOG);
        }
    }

    @Override
    public void onPart(Runnable close) {
        inbox.onPart(() -> {
            // It cannot take back what is under way: all before its own close frame counts.
            hearsOut = !link.isClosing();
            close.run();
        });
    }

    @Override
    public void onIdentified(LinkIdentity identity) {
        throw new IllegalStateException(link.id() + " is known already");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent silence) {
            onSilence(ctx, silence);
        } else {
            ctx.fireUserEventTriggered(event);
        }
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

    /** A living WebSocket answers a ping; one that does not has lost its network. */
    private void onSilence(ChannelHandlerContext ctx, IdleStateEvent silence) {
        if (link.isPaused()) {
            // It is we who do not listen.
            return;
        }
        if (silence.isFirst()) {
            var _ = ctx.channel().writeAndFlush(new PingWebSocketFrame(), ctx.voidPromise());
        } else {
            link.close(CloseReason.GOING_AWAY, "no answer to a ping");
        }
    }
}
