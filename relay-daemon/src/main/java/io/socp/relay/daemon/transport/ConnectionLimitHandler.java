package io.socp.relay.daemon.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.socp.relay.ownership.ThreadSafe;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * Refuses connections beyond the cap, before they cost anything. Thread-safe: one counter, shared
 * by all channels.
 */
@Sharable
@ThreadSafe
public final class ConnectionLimitHandler extends ChannelInboundHandlerAdapter {

    private static final byte[] REFUSAL =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final IntSupplier connectionsMax;
    private final Predicate<String> isShutOut;
    private final AtomicInteger connections = new AtomicInteger();
    private final LongAdder refused = new LongAdder();

    public ConnectionLimitHandler(int connectionsMax) {
        this(() -> connectionsMax, _ -> false);
    }

    /**
     * Lets so many in at once.
     *
     * @param connectionsMax asked whenever one comes
     * @param isShutOut asked with each one's network address
     */
    public ConnectionLimitHandler(IntSupplier connectionsMax, Predicate<String> isShutOut) {
        this.connectionsMax = connectionsMax;
        this.isShutOut = isShutOut;
    }

    /** Connections turned away since the start. */
    public long refused() {
        return refused.sum();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (connections.incrementAndGet() > connectionsMax.getAsInt() || isShutOut(ctx)) {
            refused.increment();
            ctx.writeAndFlush(Unpooled.wrappedBuffer(REFUSAL))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.fireChannelActive();
    }

    private boolean isShutOut(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress remote
                && isShutOut.test(remote.getAddress().getHostAddress());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connections.decrementAndGet();
        ctx.fireChannelInactive();
    }
}
