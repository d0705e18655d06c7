package io.socp.relay.daemon.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.limit.Refusal;
import io.socp.relay.ownership.EventLoopConfined;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@link ProxyHeader} of a connection that comes by a trusted proxy, and removes itself.
 * Event-loop confined to its channel. One that never becomes whole ends with the time for the first
 * frame.
 */
@EventLoopConfined
final class ProxyHeaderHandler extends ByteToMessageDecoder {

    private final Doorkeeper door;
    private final Link link;
    private final InetSocketAddress proxy;
    private boolean refused;

    ProxyHeaderHandler(Doorkeeper door, Link link, InetSocketAddress proxy) {
        this.door = door;
        this.link = link;
        this.proxy = proxy;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        switch (ProxyHeader.read(in)) {
            case ProxyHeader.Incomplete() -> {}
            case ProxyHeader.Malformed() -> turnAway(ctx, in, Refusal.PROXY_HEADER);
            case ProxyHeader.Unnamed() -> decide(ctx, in, proxy);
            case ProxyHeader.From(InetSocketAddress remote) -> decide(ctx, in, remote);
        }
    }

    private void decide(ChannelHandlerContext ctx, ByteBuf in, InetSocketAddress remote) {
        @Nullable Refusal refusal = door.admit(ctx.channel(), link, remote);
        if (refusal == null) {
            ctx.pipeline().remove(this);
        } else {
            turnAway(ctx, in, refusal);
        }
    }

    private void turnAway(ChannelHandlerContext ctx, ByteBuf in, Refusal refusal) {
        refused = true;
        in.skipBytes(in.readableBytes());
        door.turnAway(ctx.channel(), refusal);
    }
}
