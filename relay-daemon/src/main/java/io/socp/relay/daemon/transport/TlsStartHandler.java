package io.socp.relay.daemon.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.wire.HandlerNames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the first bytes of a connection and gives way: to TLS, or to nothing where plain
 * WebSocket is taken too. Event-loop confined to its channel.
 *
 * <p>TLS begins once its first record is there as a whole and a handshake's slot is free: whoever
 * dribbles costs a few bytes, until the time for the first frame is over.
 */
@EventLoopConfined
final class TlsStartHandler extends ByteToMessageDecoder {

    /** Of a record that begins a handshake (RFC 8446 §5.1); no HTTP method begins with it. */
    private static final int HANDSHAKE_RECORD = 0x16;

    private static final int RECORD_HEADER_BYTES = 5;

    /** Of a record's content (RFC 8446 §5.1). */
    static final int RECORD_BYTES_MAX = 1 << 14;

    private static final byte[] TLS_ONLY =
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 39\r\nConnection: close\r\n\r\nthis port speaks TLS alone: use wss://\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final TlsGate gate;
    private final TlsPeerHandler peer;
    private boolean decided;
    private @Nullable Runnable turn;

    TlsStartHandler(TlsGate gate, TlsPeerHandler peer) {
        this.gate = gate;
        this.peer = peer;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (decided) {
            if (in.readableBytes() > 2 * RECORD_BYTES_MAX) {
                // Nothing can follow a first message before its answer.
                refuse(ctx, in);
            }
            return;
        }
        if (in.getUnsignedByte(in.readerIndex()) != HANDSHAKE_RECORD) {
            onPlain(ctx, in);
        } else if (in.readableBytes() >= RECORD_HEADER_BYTES) {
            int length = in.getUnsignedShort(in.readerIndex() + RECORD_HEADER_BYTES - 2);
            if (length > RECORD_BYTES_MAX) {
                refuse(ctx, in);
            } else if (in.readableBytes() >= RECORD_HEADER_BYTES + length) {
                decided = true;
                turn = () -> ctx.executor().execute(() -> start(ctx));
                gate.slots().take(turn);
            }
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (turn != null) {
            gate.slots().leave(turn);
        }
    }

    private void start(ChannelHandlerContext ctx) {
        if (ctx.isRemoved() || !ctx.channel().isActive()) {
            gate.slots().release();
            return;
        }
        SslHandler tls = gate.newServer(ctx.alloc());
        tls.handshakeFuture().addListener(_ -> gate.slots().release());
        ctx.pipeline().addAfter(ctx.name(), HandlerNames.TLS_PEER, peer);
        ctx.pipeline().replace(this, ctx.name(), tls);
    }

    private void onPlain(ChannelHandlerContext ctx, ByteBuf in) {
        if (gate.takesPlain()) {
            ctx.pipeline().remove(this);
            return;
        }
        gate.onPlainRefused(ctx.channel());
        in.skipBytes(in.readableBytes());
        decided = true;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(TLS_ONLY))
                .addListener(ChannelFutureListener.CLOSE);
    }

    private void refuse(ChannelHandlerContext ctx, ByteBuf in) {
        gate.counts().onFailed();
        in.skipBytes(in.readableBytes());
        decided = true;
        var _ = ctx.close();
    }
}
