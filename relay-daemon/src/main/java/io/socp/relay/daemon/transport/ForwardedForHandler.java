package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.limit.Refusal;
import io.socp.relay.ownership.EventLoopConfined;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the first request of a connection that comes by a trusted proxy for whom it speaks,
 * and removes itself. Event-loop confined to its channel.
 */
@EventLoopConfined
final class ForwardedForHandler extends ChannelInboundHandlerAdapter {

    private static final String HEADER = "X-Forwarded-For";

    /** The header names no port. */
    private static final int NO_PORT = 0;

    private final Doorkeeper door;
    private final Link link;
    private final InetSocketAddress proxy;

    ForwardedForHandler(Doorkeeper door, Link link, InetSocketAddress proxy) {
        this.door = door;
        this.link = link;
        this.proxy = proxy;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)) {
            ctx.fireChannelRead(message);
            return;
        }
        @Nullable InetSocketAddress remote = remote(request.headers().getAll(HEADER));
        if (remote == null) {
            request.release();
            door.onRefused(Refusal.PROXY_HEADER);
            InformationHandler.refuse(ctx, HttpResponseStatus.BAD_REQUEST);
            return;
        }
        @Nullable Refusal refusal = door.admit(ctx.channel(), link, remote);
        if (refusal == null) {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(message);
        } else {
            request.release();
            door.onRefused(refusal);
            InformationHandler.refuse(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE);
        }
    }

    /** Null where the header is no such header. Without one the proxy speaks for itself. */
    private @Nullable InetSocketAddress remote(List<String> headers) {
        if (headers.isEmpty()) {
            return proxy;
        }
        try {
            InetAddress client = ForwardedFor.client(headers, door::trusts);
            return new InetSocketAddress(client, NO_PORT);
        } catch (IllegalArgumentException nonsense) {
            return null;
        }
    }
}
