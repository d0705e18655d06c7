package io.socp.relay.daemon.ops;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.socp.relay.limit.Limits;
import io.socp.relay.ownership.ThreadSafe;
import java.util.concurrent.atomic.AtomicInteger;

/** Closes connections to the management port beyond their bound. Thread-safe: one count. */
@Sharable
@ThreadSafe
final class OperatorLimit extends ChannelInboundHandlerAdapter {

    private final Limits limits;
    private final AtomicInteger connections = new AtomicInteger();

    OperatorLimit(Limits limits) {
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        int count = connections.incrementAndGet();
        // Once for each that was counted, whatever the pipeline is told.
        ctx.channel().closeFuture().addListener(_ -> connections.decrementAndGet());
        if (count > limits.now().connections().operatorsMax()) {
            var _ = ctx.close();
        } else {
            ctx.fireChannelActive();
        }
    }
}
