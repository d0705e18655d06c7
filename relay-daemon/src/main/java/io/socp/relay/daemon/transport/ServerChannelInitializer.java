package io.socp.relay.daemon.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.wire.HandlerNames;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of a connection made to us, by a user or by a server: the first envelope tells.
 * Thread-safe.
 *
 * <p>UTF-8 is checked by the envelope codec, so Netty's own check of text frames is off; frames are
 * never compressed, so nothing can inflate. What speaks HTTP leaves the pipeline with the upgrade.
 */
@ThreadSafe
@Sharable
public final class ServerChannelInitializer extends ChannelInitializer<Channel> {

    /** An upgrade request is far shorter. */
    private static final int HTTP_REQUEST_BYTES_MAX = 8 * 1024;

    private final Doorkeeper door;
    private final LinkFactory links;
    private final InformationHandler information;
    private final UpgradeHandler upgrade;
    private final @Nullable TlsGate tls;

    /** An initialiser for one listening port without TLS. */
    public ServerChannelInitializer(
            Doorkeeper door, LinkFactory links, Supplier<byte[]> information) {
        this(door, links, information, null);
    }

    /**
     * An initialiser for one listening port.
     *
     * @param information the relay information document as it is now, JSON
     * @param tls decides about TLS; null for none
     */
    public ServerChannelInitializer(
            Doorkeeper door,
            LinkFactory links,
            Supplier<byte[]> information,
            @Nullable TlsGate tls) {
        this.tls = tls;
        this.door = door;
        this.links = links;
        this.information = new InformationHandler(information);
        this.upgrade =
                new UpgradeHandler(
                        WebSocketDecoderConfig.newBuilder()
                                .maxFramePayloadLength(links.frameLimits().ceilingBytes())
                                .allowExtensions(false)
                                .withUTF8Validator(false)
                                .build());
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(HandlerNames.HTTP_CODEC, new HttpServerCodec());
        pipeline.addLast(
                HandlerNames.HTTP_AGGREGATOR, new HttpObjectAggregator(HTTP_REQUEST_BYTES_MAX));
        pipeline.addLast(HandlerNames.INFORMATION, information);
        pipeline.addLast(HandlerNames.WEBSOCKET, upgrade);
        links.addLiveness(pipeline);
        Link link = links.add(channel, new LinkIdentity.Stranger());
        pipeline.addFirst(HandlerNames.CONNECTION_LIMIT, new ArrivalHandler(door, link));
        if (tls != null) {
            tls.addTo(pipeline, HandlerNames.CONNECTION_LIMIT, link);
        }
    }
}
