package io.socp.relay.client.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.socp.relay.crypto.IdentityTrust;
import io.socp.relay.wire.HandlerNames;
import io.socp.relay.wire.TlsLibrary;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Puts TLS in front of a session's pipeline. Stateless but for one context, made once. */
final class SessionTls {

    private static final InstantSource CLOCK = Instant::now;

    /** Shared by all sessions, so that one may resume what another has begun. */
    private static final class OfIdentities {
        static final SslContext CONTEXT = make();

        private static SslContext make() {
            try {
                return builder()
                        .trustManager(new IdentityTrust(CLOCK))
                        // The key is what counts, wherever the server is.
                        .endpointIdentificationAlgorithm(null)
                        .build();
            } catch (SSLException broken) {
                throw new IllegalStateException("TLS cannot be set up", broken);
            }
        }
    }

    private SessionTls() {}

    /** Adds what does the handshake and what judges it; on the channel's loop. */
    static void addTo(ChannelPipeline pipeline, SessionOptions options) throws SSLException {
        Channel channel = pipeline.channel();
        SslHandler handler =
                context(options.trust())
                        .newHandler(channel.alloc(), options.host(), options.port());
        handler.setHandshakeTimeoutMillis(options.connectTimeout().toMillis());
        pipeline.addLast(HandlerNames.TLS, handler);
        pipeline.addLast(HandlerNames.TLS_PEER, new TlsCheckHandler(options.trust(), CLOCK));
    }

    private static SslContext context(ServerTrust trust) throws SSLException {
        return switch (trust) {
            case ServerTrust.Identity _ -> OfIdentities.CONTEXT;
            case ServerTrust.Authorities(Path file) -> withAuthorities(file);
        };
    }

    private static SslContext withAuthorities(@Nullable Path file) throws SSLException {
        SslContextBuilder builder = builder().endpointIdentificationAlgorithm("HTTPS");
        try {
            return (file == null ? builder : builder.trustManager(file.toFile())).build();
        } catch (IllegalArgumentException unusable) {
            throw new SSLException("authorities " + file + " cannot be used", unusable);
        }
    }

    private static SslContextBuilder builder() {
        return SslContextBuilder.forClient()
                .sslProvider(TlsLibrary.chosen())
                .protocols(TlsLibrary.versions(true));
    }
}
