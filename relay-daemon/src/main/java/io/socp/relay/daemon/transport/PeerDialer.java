package io.socp.relay.daemon.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.identity.HostPort;
import io.socp.relay.mesh.ContactId;
import io.socp.relay.ownership.ThreadSafe;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final Duration timeout;
    private final Consumer<RelayEvent> control;

    public PeerDialer(
            EventLoops loops, LinkFactory links, Duration timeout, Consumer<RelayEvent> control) {
        this.loops = loops;
        this.links = links;
        this.timeout = timeout;
        this.control = control;
    }

    /** Starts one dial. */
    public void dial(ContactId contact, HostPort address) {
        // A name server may take its time: that is nothing for a loop with links to serve.
        Thread.ofVirtual().name("resolve").start(() -> resolve(contact, address));
    }

    private void resolve(ContactId contact, HostPort address) {
        try {
            connect(contact, address, InetAddress.getAllByName(address.host())[0]);
        } catch (UnknownHostException unknown) {
            control.accept(new RelayEvent.DialFailed(contact, "no such host"));
        }
    }

    private void connect(ContactId contact, HostPort address, InetAddress resolved) {
        AtomicBoolean opened = new AtomicBoolean();
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
                                        address,
                                        timeout,
                                        link -> {
                                            opened.set(true);
                                            control.accept(
                                                    new RelayEvent.LinkOpened(contact, link));
                                        }))
                        .connect(resolved, address.port());
        connecting.addListener(_ -> onConnected(connecting, contact, opened));
    }

    private void onConnected(ChannelFuture connecting, ContactId contact, AtomicBoolean opened) {
        if (!connecting.isSuccess()) {
            control.accept(new RelayEvent.DialFailed(contact, reason(connecting.cause())));
            return;
        }
        Channel channel = connecting.channel();
        channel.closeFuture()
                .addListener(_ -> {
                    if (!opened.get()) {
                        control.accept(
                                new RelayEvent.DialFailed(contact, "no WebSocket server there"));
                    }
                });
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
