package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.ownership.EventLoopConfined;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of one WebSocket, only as much of it as a generator needs: it hands text frames
 * over where they stand in the read buffer, and makes no object for any. Event-loop confined; the
 * last handler of its pipeline.
 *
 * <p>Flushes once for all that a turn of the loop writes. A close frame ends the connection; a
 * fragmented message is one we do not read, and is reported.
 */
@EventLoopConfined
final class LoadChannel extends ByteToMessageDecoder {

    /** Is told what happens on one connection, on its loop. */
    interface Receiver {

        void onOpen(LoadChannel channel);

        /** A text frame stands at {@code [index, index + length)}, for the length of this call. */
        void onText(ByteBuf bytes, int index, int length);

        /** Told once: it did not come up, or is over. */
        void onClosed(String why);
    }

    /** As much as our relay may be told to allow, and then some. */
    private static final int FRAME_BYTES_MAX = 4 << 20;

    private static final int HTTP_ANSWER_BYTES_MAX = 8 * 1024;
    private static final byte[] HTTP_END = "\r\n\r\n".getBytes(US_ASCII);
    private static final String SWITCHING = "HTTP/1.1 101 ";

    /** The nonce of RFC 6455 §1.3, and the proof that goes with it. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final String PROOF = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final int OPCODE = 0x0f;
    private static final int FINAL = 0x80;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Endpoint server;
    private final Receiver receiver;
    private final Runnable flush = this::flushNow;
    private @Nullable ChannelHandlerContext context;
    private @Nullable String linkNonce;
    private boolean isOpen;
    private boolean isFlushScheduled;
    private boolean isOver;

    LoadChannel(Endpoint server, Receiver receiver) {
        this.server = server;
        this.receiver = receiver;
    }

    private static byte[] request(URI server) {
        String path =
                server.getRawPath() == null || server.getRawPath().isEmpty()
                        ? "/"
                        : server.getRawPath();
        return ("GET "
                        + path
                        + " HTTP/1.1\r\nHost: "
                        + server.getRawAuthority()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
                        + KEY
                        + "\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(US_ASCII);
    }

    Endpoint server() {
        return server;
    }

    /** What the server has shown for a hello that authenticates the link; null for nothing. */
    @Nullable String linkNonce() {
        return linkNonce;
    }

    Channel channel() {
        return context().channel();
    }

    /** Whether the socket takes more; else what is written waits in memory. */
    boolean isWritable() {
        return !isOver && context().channel().isWritable();
    }

    /** Writes a whole frame, takes over the reference, and flushes with this turn of the loop. */
    void write(ByteBuf frame) {
        if (isOver) {
            frame.release();
            return;
        }
        ChannelHandlerContext ctx = context();
        var _ = ctx.write(frame, ctx.voidPromise());
        if (!isFlushScheduled) {
            isFlushScheduled = true;
            ctx.channel().eventLoop().execute(flush);
        }
    }

    void close() {
        isOver = true;
        if (context != null) {
            var _ = context().close();
        }
    }

    private void flushNow() {
        isFlushScheduled = false;
        context().flush();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not connected yet");
        }
        return ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        var _ =
                ctx.writeAndFlush(
                        Unpooled.wrappedBuffer(request(server.server())), ctx.voidPromise());
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!isOpen) {
            upgrade(in);
        }
        boolean isMore = isOpen;
        while (isMore && !isOver) {
            isMore = readFrame(in);
        }
        if (isOver) {
            in.skipBytes(in.readableBytes());
        }
    }

    private void upgrade(ByteBuf in) {
        int start = in.readerIndex();
        int end = ByteBufUtil.indexOf(Unpooled.wrappedBuffer(HTTP_END), in);
        if (end < 0) {
            if (in.readableBytes() > HTTP_ANSWER_BYTES_MAX) {
                fail("the answer to the upgrade is too long");
            }
            return;
        }
        String answer = in.toString(start, end - start, US_ASCII);
        in.readerIndex(end + HTTP_END.length);
        if (!answer.startsWith(SWITCHING) || !answer.contains(PROOF)) {
            fail("the server answers " + answer.lines().findFirst().orElse("nothing"));
            return;
        }
        linkNonce = header(answer, LinkChallenge.HEADER);
        isOpen = true;
        receiver.onOpen(this);
    }

    private static @Nullable String header(String answer, String name) {
        return answer.lines()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2 && parts[0].strip().equalsIgnoreCase(name))
                .map(parts -> parts[1].strip())
                .findFirst()
                .orElse(null);
    }

    /** Whether a whole frame was there. */
    private boolean readFrame(ByteBuf in) {
        int start = in.readerIndex();
        int there = in.readableBytes();
        if (there < 2) {
            return false;
        }
        int length =
                in.getByte(start + 1) & 0xff; // a mask bit makes it too long: none from servers
        int header = 2 + (length < 126 ? 0 : length == 126 ? Short.BYTES : Long.BYTES);
        if (there < header) {
            return false;
        }
        long payload =
                length < 126
                        ? length
                        : length == 126 ? in.getUnsignedShort(start + 2) : in.getLong(start + 2);
        if (length > 127 || payload < 0 || payload > FRAME_BYTES_MAX) {
            fail("the server sends a frame that is too long, or masked");
            return false;
        }
        if (there < header + payload) {
            return false;
        }
        in.skipBytes(header + (int) payload);
        onFrame(in, in.getByte(start) & 0xff, start + header, (int) payload);
        return true;
    }

    private void onFrame(ByteBuf in, int first, int index, int length) {
        int opcode = first & OPCODE;
        if ((first & FINAL) == 0 || opcode == 0) {
            fail("the server sends a message in fragments");
        } else if (opcode == TEXT) {
            receiver.onText(in, index, length);
        } else if (opcode == PING) {
            pong(in, index, length);
        } else if (opcode == CLOSE) {
            fail(
                    length < Short.BYTES
                            ? "the server closes"
                            : "the server closes with "
                                    + in.getUnsignedShort(index)
                                    + ' '
                                    + in.toString(
                                            index + 2,
                                            length - 2,
                                            java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    /** Of a ping, at most 125 bytes; masked with zeros. */
    private void pong(ByteBuf in, int index, int length) {
        ByteBuf pong = context().alloc().buffer(2 + Integer.BYTES + length);
        pong.writeByte(FINAL | PONG);
        pong.writeByte(FINAL | (length & 0x7f));
        pong.writeInt(0);
        pong.writeBytes(in, index, length);
        write(pong);
    }

    private void fail(String why) {
        if (!isOver) {
            isOver = true;
            receiver.onClosed(why);
            var _ = context().close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent end && !end.isSuccess()) {
            fail("TLS handshake failed: " + reason(end.cause()));
        }
    }

    private static String reason(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        isOver = true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!isOver) {
            isOver = true;
            receiver.onClosed("the server has closed the connection");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        context = ctx;
        fail(reason(cause));
    }
}
