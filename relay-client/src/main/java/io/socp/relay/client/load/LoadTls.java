package io.socp.relay.client.load;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.wire.HandlerNames;
import io.socp.relay.wire.TlsLibrary;
import java.net.URI;
import java.time.Instant;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A run's TLS to one server: BoringSSL where its library loads, one context and so one session
 * cache for all its connections. Event-loop confined, but for its making.
 */
@EventLoopConfined
final class LoadTls {

    private static final long HANDSHAKE_TIMEOUT_MS = 10_000;

    private final URI server;
    private final boolean isResuming;
    private final LoadTrust trust;
    private final SslContext context;
    private final SslProvider library = TlsLibrary.chosen();
    private long handshakes;
    private @Nullable SSLSession first;

    /**
     * @param expected the key the server must prove; null for whichever it proves first
     * @param isResuming whether a connection may resume the session of another
     */
    LoadTls(URI server, @Nullable RsaPublicKey expected, boolean isResuming) {
        this.server = server;
        this.isResuming = isResuming;
        this.trust = new LoadTrust(expected, Instant::now);
        try {
            this.context =
                    SslContextBuilder.forClient()
                            .sslProvider(library)
                            .protocols(TlsLibrary.versions(true))
                            .trustManager(trust)
                            .endpointIdentificationAlgorithm(null)
                            .build();
        } catch (SSLException broken) {
            throw new IllegalStateException("TLS cannot be set up", broken);
        }
    }

    /** Puts TLS in front of a connection's handlers. */
    void addTo(Channel channel) {
        // Sessions are kept by host and port: a handler that is told neither begins a new one.
        SslHandler handler =
                isResuming
                        ? context.newHandler(channel.alloc(), server.getHost(), server.getPort())
                        : context.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MS);
        handler.handshakeFuture()
                .addListener(done -> {
                    if (done.isSuccess()) {
                        handshakes++;
                        if (first == null) {
                            first = handler.engine().getSession();
                        }
                    }
                });
        channel.pipeline().addFirst(HandlerNames.TLS, handler);
    }

    /** What the server has proven; {@link IllegalStateException} before the first handshake. */
    RsaPublicKey serverKey() {
        return trust.key();
    }

    TlsReport report() {
        SSLSession session = first;
        return session == null
                ? TlsReport.NONE
                : new TlsReport(
                        TlsLibrary.name(library),
                        session.getProtocol(),
                        session.getCipherSuite(),
                        handshakes,
                        Math.max(0, handshakes - trust.shown()));
    }
}
