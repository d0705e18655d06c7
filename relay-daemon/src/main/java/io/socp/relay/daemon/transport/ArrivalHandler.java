package io.socp.relay.daemon.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.limit.LimitOptions.Proxies.Header;
import io.socp.relay.limit.Refusal;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.wire.HandlerNames;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Takes a new connection to the {@link Doorkeeper}. Event-loop confined to its channel. Edits the
 * pipeline: adds what reads the words of a trusted proxy where the connection comes from one.
 */
@EventLoopConfined
final class ArrivalHandler extends ChannelInboundHandlerAdapter {

    private final Doorkeeper door;
    private final Link link;

    /**
     * What was let in is let out again, once; a channel can be closed before it ever was active.
     */
    private boolean counted;

    ArrivalHandler(Doorkeeper door, Link link) {
        this.door = door;
        this.link = link;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        counted = true;
        Refusal refusal = door.letIn() ? refusal(ctx) : Refusal.FULL;
        if (refusal == null) {
            ctx.fireChannelActive();
        } else {
            door.turnAway(ctx.channel(), refusal);
        }
    }

    private @Nullable Refusal refusal(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            return null;
        }
        if (!door.trusts(remote.getAddress())) {
            return door.admit(channel, link, remote);
        }
        if (door.proxies().header() == Header.PROXY_PROTOCOL) {
            ctx.pipeline()
                    .addAfter(
                            ctx.name(),
                            HandlerNames.PROXY_HEADER,
                            new ProxyHeaderHandler(door, link, remote));
        } else {
            ctx.pipeline()
                    .addAfter(
                            HandlerNames.HTTP_AGGREGATOR,
                            HandlerNames.PROXY_HEADER,
                            new ForwardedForHandler(door, link, remote));
        }
        return null;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (counted) {
            counted = false;
            door.letOut();
        }
        ctx.fireChannelInactive();
    }
}
