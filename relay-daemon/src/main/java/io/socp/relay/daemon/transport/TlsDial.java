package io.socp.relay.daemon.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.socp.relay.crypto.ChainReading.Role;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.identity.HostPort;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.wire.HandlerNames;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What all connections that we dial share as to TLS. Thread-safe. */
@ThreadSafe
public final class TlsDial {

    private final TlsContexts contexts;
    private final TlsCounts counts;

    public TlsDial(TlsContexts contexts, TlsCounts counts) {
        this.contexts = contexts;
        this.counts = counts;
    }

    /**
     * Adds TLS to the front of a connection's pipeline, whose other handlers hear of nothing before
     * the handshake is over.
     *
     * @param refused is told why the server is not taken
     */
    void addTo(ChannelPipeline pipeline, Link link, Target target, Consumer<String> refused) {
        Channel channel = pipeline.channel();
        SslHandler handler =
                contexts.client()
                        .newHandler(channel.alloc(), target.address.host(), target.address.port());
        handler.setHandshakeTimeoutMillis(target.timeout.toMillis());
        TlsPeerHandler peer =
                new TlsPeerHandler(
                        Role.SERVER,
                        contexts.clock(),
                        counts,
                        target.expected,
                        new TlsPeerHandler.Listener(link::secured, refused));
        pipeline.addFirst(HandlerNames.TLS_PEER, peer);
        pipeline.addFirst(HandlerNames.TLS, handler);
    }

    /**
     * Whom we dial.
     *
     * @param expected the key the server must prove; null where any will do
     */
    record Target(HostPort address, @Nullable RsaPublicKey expected, Duration timeout) {}
}
