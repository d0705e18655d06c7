package io.socp.relay.daemon.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket08FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.socp.relay.ownership.EventLoopConfined;
import org.jspecify.annotations.Nullable;

/**
 * Writes to one link's channel, and flushes once for all that a turn of the loop brings. Event-loop
 * confined to the channel's loop, but for {@link #bufferedBytes}.
 *
 * <p>An envelope goes through the whole pipeline, where it is framed. Frames shared with other
 * links are whole already: they enter the pipeline behind the WebSocket encoder, before TLS, as one
 * slice of a run for all that follow each other there.
 */
@EventLoopConfined
final class LinkWriter {

    private final Channel channel;
    private final Runnable flush = this::flush;

    /** The WebSocket encoder of a connection made to us; null until it is looked for and found. */
    private @Nullable ChannelHandlerContext encoder;

    /** Where the shared frames are that the channel has not been given yet; null for none. */
    private @Nullable ByteBuf run;

    private int runStart;
    private int runEnd;
    private boolean isInRound;
    private boolean isFlushDue;

    LinkWriter(Channel channel) {
        this.channel = channel;
    }

    /** Bytes the channel has taken and the socket has not; from any thread. */
    long bufferedBytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** Writes an envelope; takes over the reference. */
    void write(ByteBuf envelope) {
        passOn();
        var _ = channel.write(envelope, channel.voidPromise());
        if (!isFlushDue) {
            isFlushDue = true;
            channel.eventLoop().execute(flush);
        }
    }

    /** Writes one of many copies; flushed with its round. */
    void write(SharedFrame frame, BroadcastRound round) {
        if (encoder() == null) {
            write(frame.envelope());
            return;
        }
        if (frame.follows(run, runEnd)) {
            runEnd = frame.end();
            return;
        }
        passOn();
        run = frame.run();
        runStart = frame.start();
        runEnd = frame.end();
        if (!isInRound) {
            isInRound = true;
            round.join(this);
        }
    }

    /** Gives the channel what it has not been given of a round: something else comes now. */
    void passOn() {
        ByteBuf shared = run;
        ChannelHandlerContext past = encoder;
        if (shared != null && past != null) {
            run = null;
            if (channel.isOpen()) {
                var _ =
                        past.write(
                                shared.retainedSlice(runStart, runEnd - runStart),
                                past.voidPromise());
            }
        }
    }

    void flush() {
        passOn();
        isFlushDue = false;
        if (encoder == null) {
            channel.flush();
        } else {
            // Nobody between here and there keeps anything back.
            encoder.flush();
        }
    }

    /** The flush of a round, which this link takes part in. */
    void flushRound() {
        isInRound = false;
        flush();
    }

    /** What we dialled is masked, each frame by itself, and finds no encoder here. */
    private @Nullable ChannelHandlerContext encoder() {
        if (encoder == null) {
            ChannelPipeline pipeline = channel.pipeline();
            if (pipeline.get(WebSocketClientProtocolHandler.class) == null) {
                encoder = pipeline.context(WebSocket08FrameEncoder.class);
            }
        }
        return encoder;
    }
}
