package io.socp.relay.daemon.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.wire.HandlerNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Opens connections to other servers. Thread-safe.
 *
 * <p>Every dial ends in exactly one event: opened, once the WebSocket handshake is complete, or
 * failed. When to dial again is the control plane's affair.
 */
@ThreadSafe
public final class PeerDialer {

    private final EventLoops loops;
    private final LinkFactory links;
    private final TlsDial tls;
    private final Duration timeout;
    private final Consumer<RelayEvent> control;

    public PeerDialer(
            EventLoops loops,
            LinkFactory links,
            TlsDial tls,
            Duration timeout,
            Consumer<RelayEvent> control) {
        this.loops = loops;
        this.links = links;
        this.tls = tls;
        this.timeout = timeout;
        this.control = control;
    }

    /** Starts one dial. */
    public void dial(RelayEffect.Dial dial) {
        // A name server may take its time: that is nothing for a loop with links to serve.
        Thread.ofVirtual().name("resolve").start(() -> resolve(dial));
    }

    private void resolve(RelayEffect.Dial dial) {
        try {
            new Attempt(dial).connect(InetAddress.getAllByName(dial.address().host())[0]);
        } catch (UnknownHostException unknown) {
            control.accept(new RelayEvent.DialFailed(dial.contact(), "no such host"));
        }
    }

    /** One dial under way; its fields are volatile, since connecting and closing may race. */
    private final class Attempt {

        private final RelayEffect.Dial dial;
        private volatile boolean opened;
        private volatile String failure = "no WebSocket server there";

        Attempt(RelayEffect.Dial dial) {
            this.dial = dial;
        }

        void connect(InetAddress resolved) {
            ChannelFuture connecting =
                    new Bootstrap()
                            .group(loops.workers())
                            .channel(loops.clientChannel())
                            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                            .option(ChannelOption.TCP_NODELAY, true)
                            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, ProtocolPort.WATER_MARK)
                            .handler(
                                    new PeerChannelInitializer(
                                            links,
                                            dial.address(),
                                            timeout,
                                            this::onOpened,
                                            this::secure))
                            .connect(resolved, dial.address().port());
            connecting.addListener(_ -> onConnected(connecting));
        }

        private void secure(ChannelPipeline pipeline, Link link) {
            if (dial.address().overTls()) {
                var target = new TlsDial.Target(dial.address(), dial.expected(), timeout);
                tls.addTo(pipeline, link, target, why -> failure = why);
            } else {
                pipeline.addAfter(
                        HandlerNames.HTTP_AGGREGATOR,
                        HandlerNames.PLAIN_REFUSED,
                        new PlainRefusedHandler(why -> failure = why));
            }
        }

        private void onOpened(LinkId link) {
            opened = true;
            control.accept(new RelayEvent.LinkOpened(dial.contact(), link));
        }

        private void onConnected(ChannelFuture connecting) {
            if (!connecting.isSuccess()) {
                failed(reason(connecting.cause()));
                return;
            }
            connecting
                    .channel()
                    .closeFuture()
                    .addListener(_ -> {
                        if (!opened) {
                            failed(failure);
                        }
                    });
        }

        private void failed(String why) {
            control.accept(new RelayEvent.DialFailed(dial.contact(), why));
        }
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
