package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.timeout.IdleStateEvent;
import io.socp.relay.daemon.link.Farewell;
import io.socp.relay.daemon.link.Pong;
import io.socp.relay.daemon.link.SignOfLife;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.wire.HandlerNames;
import org.jspecify.annotations.Nullable;

/**
 * Answers pings, and turns the answers to our own and a close frame into a {@link Pong} and a
 * {@link Farewell} that take their turn; tells of silence. Event-loop confined to its channel.
 * Edits the pipeline: adds what joins continuation frames when the first one comes.
 *
 * <p>Stands before Netty's WebSocket handler where there is one, which would do the same but read
 * on after each such frame although reading is paused: a flood of pings would carry any number of
 * frames past the bound. A ping of one who does not read the answers gets none (RFC 6455 §5.5.3
 * allows it).
 */
@EventLoopConfined
final class ControlFrameHandler extends ChannelInboundHandlerAdapter
        implements SilenceWheel.Watched {

    private final SilenceWheel wheel;
    private final int messageBytesMax;
    private @Nullable ChannelHandlerContext ctx;
    private boolean answered;

    /** Whether a message has come in parts: most ends never send one so. */
    private boolean joinsParts;

    /** Looks of the wheel since something was read. */
    private byte quietLooks;

    /**
     * A handler for one channel.
     *
     * @param messageBytesMax for all parts of a message together
     */
    ControlFrameHandler(SilenceWheel wheel, int messageBytesMax) {
        this.wheel = wheel;
        this.messageBytesMax = messageBytesMax;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        wheel.watch(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ctx = null;
    }

    /** One event after the longest silence, and another after each such time more. */
    @Override
    public boolean look() {
        ChannelHandlerContext here = ctx;
        if (here == null) {
            return false;
        }
        if (!here.channel().config().isAutoRead()) {
            // It is we who do not listen.
            quietLooks = 0;
            return true;
        }
        quietLooks++;
        // The first look after a frame may come at once: only what lies between looks is silence.
        if (quietLooks == 1 + SilenceWheel.LOOKS) {
            here.fireUserEventTriggered(IdleStateEvent.FIRST_READER_IDLE_STATE_EVENT);
        } else if (quietLooks == 1 + 2 * SilenceWheel.LOOKS) {
            quietLooks = 1 + SilenceWheel.LOOKS;
            here.fireUserEventTriggered(IdleStateEvent.READER_IDLE_STATE_EVENT);
        }
        return true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        quietLooks = 0;
        switch (message) {
            case PingWebSocketFrame ping -> {
                answer(ctx, ping);
                ctx.fireChannelRead(SignOfLife.SEEN);
            }
            case PongWebSocketFrame pong -> {
                tell(ctx, pong);
                ctx.fireChannelRead(SignOfLife.SEEN);
            }
            case CloseWebSocketFrame close -> {
                close.release();
                ctx.fireChannelRead(Farewell.RECEIVED);
            }
            case WebSocketFrame part when !part.isFinalFragment() && !joinsParts -> {
                joinParts(ctx.pipeline());
                ctx.fireChannelRead(part);
            }
            default -> ctx.fireChannelRead(message);
        }
    }

    private void joinParts(ChannelPipeline pipeline) {
        joinsParts = true;
        pipeline.addBefore(
                HandlerNames.ENVELOPE_DECODER,
                HandlerNames.FRAME_AGGREGATOR,
                new WebSocketFrameAggregator(messageBytesMax));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (answered) {
            answered = false;
            ctx.flush();
        }
        ctx.fireChannelReadComplete();
    }

    /** Only the pings that ask what was read carry a number. */
    private static void tell(ChannelHandlerContext ctx, PongWebSocketFrame pong) {
        boolean isNumbered = pong.content().readableBytes() == Long.BYTES;
        long number = isNumbered ? pong.content().readLong() : 0;
        pong.release();
        if (isNumbered) {
            ctx.fireChannelRead(new Pong(number));
        }
    }

    private void answer(ChannelHandlerContext ctx, PingWebSocketFrame ping) {
        if (ctx.channel().isWritable()) {
            answered = true;
            var _ = ctx.write(new PongWebSocketFrame(ping.content()), ctx.voidPromise());
        } else {
            ping.release();
        }
    }
}
