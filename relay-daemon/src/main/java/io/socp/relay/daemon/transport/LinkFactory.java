package io.socp.relay.daemon.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.link.HelloHandler;
import io.socp.relay.daemon.link.Inbox;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkBounds;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.limit.RateLimiter;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Ticker;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.wire.EnvelopeDecoder;
import io.socp.relay.wire.EnvelopeEncoder;
import io.socp.relay.wire.FrameLimits;
import io.socp.relay.wire.HandlerNames;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Makes the link of a new channel and the handlers that every link has, whoever dialled.
 * Thread-safe.
 */
@ThreadSafe
public final class LinkFactory {

    /** ERRORs a link may earn at once, and then one each {@link #ERROR_INTERVAL}. */
    private static final int ERROR_BURST = 20;

    private static final Duration ERROR_INTERVAL = Duration.ofMillis(200);

    private final LinkOptions options;
    private final LinkBounds bounds;
    private final LinkRegistry registry;
    private final FrameLimits frameLimits;
    private final EnvelopeDecoder decoder;
    private final Ticker ticker;
    private final Function<Link, Inbox> inboxes;
    private final EnvelopeEncoder encoder = new EnvelopeEncoder();
    private final TailHandler tail = new TailHandler();
    private final Map<EventLoop, SilenceWheel> wheels = new ConcurrentHashMap<>();

    /**
     * A factory of links whose frames go to {@code inboxes}.
     *
     * @param inboxes called on the link's loop, once for each link
     */
    public LinkFactory(
            LinkOptions options,
            LinkBounds bounds,
            LinkRegistry registry,
            EnvelopeCodec codec,
            Ticker ticker,
            Function<Link, Inbox> inboxes) {
        this.options = options;
        this.bounds = bounds;
        this.registry = registry;
        this.frameLimits = new FrameLimits(options.messageBytesMax());
        this.decoder = new EnvelopeDecoder(codec, frameLimits);
        this.ticker = ticker;
        this.inboxes = inboxes;
    }

    LinkOptions options() {
        return options;
    }

    FrameLimits frameLimits() {
        return frameLimits;
    }

    /** Adds what tells a living connection from a dead one; before the WebSocket handler. */
    void addLiveness(ChannelPipeline pipeline) {
        SilenceWheel wheel =
                wheels.computeIfAbsent(
                        pipeline.channel().eventLoop(),
                        loop -> new SilenceWheel(loop, options.silenceMax()));
        pipeline.addLast(
                HandlerNames.CONTROL_FRAMES,
                new ControlFrameHandler(wheel, frameLimits.ceilingBytes()));
    }

    /** Adds a link's handlers to the end of the channel's pipeline; on the channel's loop. */
    Link add(Channel channel, LinkIdentity identity) {
        RateLimiter errors = new RateLimiter(ERROR_BURST, ERROR_INTERVAL, ticker.now().ns());
        Link link = new Link(registry.nextId(), channel, identity, bounds, errors);
        registry.add(link);
        channel.closeFuture().addListener(_ -> registry.remove(link));
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(HandlerNames.ENVELOPE_DECODER, decoder);
        pipeline.addLast(HandlerNames.ENVELOPE_ENCODER, encoder);
        pipeline.addLast(
                HandlerNames.HELLO,
                new HelloHandler(
                        link,
                        inboxes.apply(link),
                        options.firstFrameTimeout(),
                        options.inFlightMax()));
        pipeline.addLast(HandlerNames.TAIL, tail);
        return link;
    }
}
