package io.socp.relay.daemon.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.wire.HandlerNames;
import java.net.URI;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The pipeline of a connection we dial. One for each dial; event-loop confined to its channel.
 *
 * <p>Until the control plane says whom to expect, the other end is an introducer whose welcome is
 * due: it can do nothing else.
 */
@EventLoopConfined
final class PeerChannelInitializer extends ChannelInitializer<Channel> {

    private static final int HTTP_RESPONSE_BYTES_MAX = 8 * 1024;

    /** Only its path counts; not every host's name fits into a URI, such as one with {@code _}. */
    private static final URI TARGET = URI.create("ws://relay/");

    private final LinkFactory links;
    private final HostPort address;
    private final Duration timeout;
    private final Consumer<LinkId> opened;
    private final BiConsumer<ChannelPipeline, Link> security;

    PeerChannelInitializer(
            LinkFactory links, HostPort address, Duration timeout, Consumer<LinkId> opened) {
        this(links, address, timeout, opened, (_, _) -> {});
    }

    /**
     * @param security adds TLS to the front of the pipeline, or nothing
     */
    PeerChannelInitializer(
            LinkFactory links,
            HostPort address,
            Duration timeout,
            Consumer<LinkId> opened,
            BiConsumer<ChannelPipeline, Link> security) {
        this.security = security;
        this.links = links;
        this.address = address;
        this.timeout = timeout;
        this.opened = opened;
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(HandlerNames.HTTP_CODEC, new HttpClientCodec());
        pipeline.addLast(
                HandlerNames.HTTP_AGGREGATOR, new HttpObjectAggregator(HTTP_RESPONSE_BYTES_MAX));
        links.addLiveness(pipeline);
        pipeline.addLast(
                HandlerNames.WEBSOCKET,
                new WebSocketClientProtocolHandler(
                        WebSocketClientProtocolConfig.newBuilder()
                                .webSocketUri(TARGET)
                                .customHeaders(
                                        new DefaultHttpHeaders()
                                                .set(HttpHeaderNames.HOST, address.toString()))
                                .generateOriginHeader(false)
                                .version(WebSocketVersion.V13)
                                .sendCloseFrame(null)
                                .allowExtensions(false)
                                .maxFramePayloadLength(links.frameLimits().ceilingBytes())
                                .withUTF8Validator(false)
                                .handshakeTimeoutMillis(timeout.toMillis())
                                .build()));
        Link link = links.add(channel, new LinkIdentity.Introducer(null));
        pipeline.addAfter(HandlerNames.WEBSOCKET, HandlerNames.OPENED, new Opened(link.id()));
        security.accept(pipeline, link);
    }

    /** Tells when the handshake is complete, and removes itself. */
    private final class Opened extends ChannelInboundHandlerAdapter {

        private final LinkId link;

        Opened(LinkId link) {
            this.link = link;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                ctx.pipeline().remove(this);
                opened.accept(link);
            } else if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
                var _ = ctx.close();
            }
            ctx.fireUserEventTriggered(event);
        }
    }
}
