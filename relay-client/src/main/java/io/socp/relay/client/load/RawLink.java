package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.socp.relay.ownership.EventLoopConfined;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a raw server: the first frame names it, each further one goes where it says.
 * Event-loop confined, but for {@link #deliver}; flushes once for all that a turn of its loop
 * brings, as the relay's links do.
 */
@EventLoopConfined
final class RawLink extends SimpleChannelInboundHandler<TextWebSocketFrame> {

    private static final byte[] FROM = "\"from\":\"".getBytes(US_ASCII);
    private static final byte[] TO = "\"to\":\"".getBytes(US_ASCII);
    private static final int NAME_CHARS_MAX = 255;
    private static final byte[] WELCOME = "{\"type\":\"USER_WELCOME\"}".getBytes(US_ASCII);

    private static final int TEXT_FINAL = 0x81;
    private static final int HEADER_BYTES_MAX = 10;

    private final RawRoutes routes;
    private final Runnable flush = this::flushNow;
    private @Nullable String name;
    private @Nullable ChannelHandlerContext context;
    private boolean isFlushScheduled;

    RawLink(RawRoutes routes) {
        super(TextWebSocketFrame.class);
        this.routes = routes;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
        ByteBuf content = frame.content();
        if (name == null) {
            name = value(FROM, content);
            routes.join(name, ctx.channel().eventLoop(), this);
            write(encoded(Unpooled.wrappedBuffer(WELCOME)));
            return;
        }
        String to = value(TO, content);
        if (to.equals(FanOut.CHANNEL)) {
            routes.broadcast(encoded(content), this);
        } else {
            RawLink link = routes.find(to);
            if (link != null) {
                link.deliver(encoded(content));
            }
        }
    }

    /** From any thread; takes over the reference. */
    private void deliver(ByteBuf frame) {
        ChannelHandlerContext ctx = context();
        if (ctx.channel().eventLoop().inEventLoop()) {
            write(frame);
        } else {
            ctx.channel().eventLoop().execute(() -> write(frame));
        }
    }

    /** Takes over the reference. */
    void write(ByteBuf frame) {
        ChannelHandlerContext ctx = context();
        var _ = ctx.write(frame, ctx.voidPromise());
        if (!isFlushScheduled) {
            isFlushScheduled = true;
            ctx.channel().eventLoop().execute(flush);
        }
    }

    private void flushNow() {
        isFlushScheduled = false;
        context().flush();
    }

    /** A whole frame around a copy of these bytes: one buffer to write, whatever the number. */
    private ByteBuf encoded(ByteBuf text) {
        int length = text.readableBytes();
        ByteBuf frame = context().alloc().directBuffer(HEADER_BYTES_MAX + length);
        frame.writeByte(TEXT_FINAL);
        if (length < 126) {
            frame.writeByte(length);
        } else if (length <= 0xffff) {
            frame.writeByte(126).writeShort(length);
        } else {
            frame.writeByte(127).writeLong(length);
        }
        return frame.writeBytes(text, text.readerIndex(), length);
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not connected");
        }
        return ctx;
    }

    private static String value(byte[] key, ByteBuf frame) {
        int end = frame.writerIndex();
        for (int at = frame.indexOf(frame.readerIndex(), end, key[0]);
                at >= 0;
                at = frame.indexOf(at + 1, end, key[0])) {
            int value = at + key.length;
            if (value < end && frame.slice(at, key.length).equals(Unpooled.wrappedBuffer(key))) {
                int close = frame.indexOf(value, Math.min(end, value + NAME_CHARS_MAX), (byte) '"');
                return close < 0 ? "" : frame.toString(value, close - value, US_ASCII);
            }
        }
        return "";
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (name != null) {
            routes.leave(name, ctx.channel().eventLoop(), this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close().addListener(_ -> {});
    }
}
