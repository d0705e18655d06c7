package io.socp.relay.client.load;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.socp.relay.crypto.IdentityChain;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.IdentityTrust;
import io.socp.relay.wire.TlsLibrary;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;

/** A raw server's end of TLS, as a relay's: the same library, versions and kinds of keys. */
final class RawTls {

    private static final Duration SESSION_LIFE = Duration.ofHours(1);

    private RawTls() {}

    /** A context with a new leaf for an identity. */
    static SslContext of(IdentityKey identity) throws SSLException {
        Instant now = Instant.now();
        IdentityChain chain = IdentityChain.issue(identity, "raw", List.of("127.0.0.1"), now);
        return SslContextBuilder.forServer(
                        chain.leafKey(), chain.certificates().toArray(X509Certificate[]::new))
                .sslProvider(TlsLibrary.chosen())
                .protocols(TlsLibrary.versions(false))
                // A relay asks as well: a peer would show its own.
                .clientAuth(ClientAuth.OPTIONAL)
                .trustManager(new IdentityTrust(Instant::now))
                .sessionTimeout(SESSION_LIFE.toSeconds())
                .build();
    }
}
