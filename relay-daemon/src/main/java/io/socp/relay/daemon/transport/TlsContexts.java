package io.socp.relay.daemon.transport;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.socp.relay.crypto.IdentityChain;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.IdentityTrust;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.TlsOptions.Mode;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Ticker;
import io.socp.relay.wire.TlsLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The certificates and settings that TLS handshakes start from, at both ends of a connection.
 * Thread-safe: one volatile set of them, replaced as a whole; whoever starts a handshake reads it.
 *
 * <p>The leaf is made afresh in memory whenever the relay starts, and again at two thirds of its
 * life: its private key is never on disk, and nothing is left to renew by hand.
 */
@ThreadSafe
public final class TlsContexts {

    /** How long a session may be resumed; both ends keep it no longer. */
    private static final Duration SESSION_LIFE = Duration.ofHours(1);

    private final Supplier<TlsOptions> options;
    private final SslProvider library;
    private final IdentityKey identity;
    private final String name;
    private final List<String> hosts;
    private final InstantSource clock;
    private final IdentityTrust trust;
    private volatile @Nullable Current current;

    /** Made together, replaced together. */
    private record Current(IdentityChain chain, SslContext server, SslContext client) {}

    /**
     * Makes the first leaf and reads the operator's certificate, if there is one; where the port
     * has no TLS, only when they are needed.
     *
     * @param options as they are whenever contexts are made; the mode never changes
     * @param name of this server, for people who look at the certificate
     * @param hosts by which this server may be dialled
     * @throws IOException when the operator's files cannot be used; the message names them
     */
    public TlsContexts(
            Supplier<TlsOptions> options,
            IdentityKey identity,
            String name,
            List<String> hosts,
            Ticker ticker)
            throws IOException {
        this(options, TlsLibrary.chosen(), identity, name, hosts, ticker);
    }

    TlsContexts(
            TlsOptions options,
            SslProvider library,
            IdentityKey identity,
            String name,
            List<String> hosts,
            Ticker ticker)
            throws IOException {
        this(() -> options, library, identity, name, hosts, ticker);
    }

    private TlsContexts(
            Supplier<TlsOptions> options,
            SslProvider library,
            IdentityKey identity,
            String name,
            List<String> hosts,
            Ticker ticker)
            throws IOException {
        this.options = options;
        this.library = library;
        this.identity = identity;
        this.name = name;
        this.hosts = List.copyOf(hosts);
        this.clock = () -> Instant.ofEpochMilli(ticker.now().epochMs());
        this.trust = new IdentityTrust(clock);
        this.current = options.get().mode() == Mode.OFF ? null : make(options.get());
    }

    /** Makes what is not made yet, so that nobody has to wait for it; not for an event loop. */
    public void prepare() {
        current();
    }

    /** Whether the operator's files, if there are any, can be used; the message names them. */
    public static void check(TlsOptions options) throws IOException {
        SslContextBuilder operators = operators(options);
        if (operators != null) {
            operators.sslProvider(TlsLibrary.chosen()).build();
        }
    }

    /** What we answer with, who connects to us. */
    SslContext server() {
        return current().server();
    }

    /** What we dial with: we show who we are, and want to be shown. */
    SslContext client() {
        return current().client();
    }

    /** The key that our own chain ends in. */
    RsaPublicKey identity() {
        return identity.publicKey();
    }

    /** The time that certificates are read at. */
    InstantSource clock() {
        return clock;
    }

    /** Who does the work, for logs. */
    public String library() {
        return TlsLibrary.name(library);
    }

    /** Makes another leaf if the time has come. May take milliseconds: not for an event loop. */
    public void renewIfDue() throws IOException {
        if (!clock.instant().isBefore(current().chain().renewAt())) {
            renew();
        }
    }

    /** Makes another leaf, and reads the operator's files again; on failure all stays as it was. */
    public synchronized void renew() throws IOException {
        current = make(options.get());
    }

    /**
     * Makes all anew by other options and changes nothing yet.
     *
     * @return puts it in force
     * @throws IOException when the operator's files cannot be used; the message names them
     */
    public Runnable renewal(TlsOptions wanted) throws IOException {
        Current made = make(wanted);
        return () -> install(made);
    }

    private synchronized void install(Current made) {
        current = made;
    }

    private Current current() {
        Current made = current;
        return made == null ? first() : made;
    }

    private synchronized Current first() {
        Current made = current;
        if (made == null) {
            try {
                made = make(options.get());
            } catch (IOException unusable) {
                // Nothing of the operator's is in it: that was read at the start.
                throw new IllegalStateException(unusable);
            }
            current = made;
        }
        return made;
    }

    private Current make(TlsOptions now) throws IOException {
        IdentityChain chain = IdentityChain.issue(identity, name, hosts, clock.instant());
        return new Current(chain, server(chain, now), client(chain, now));
    }

    private SslContext server(IdentityChain chain, TlsOptions now) throws IOException {
        SslContextBuilder operators = operators(now);
        SslContextBuilder builder =
                operators == null
                        ? SslContextBuilder.forServer(chain.leafKey(), certificates(chain))
                        : operators;
        try {
            // A user has no certificate; a server shows its own.
            return builder.sslProvider(library)
                    .protocols(TlsLibrary.versions(now.isOlderAllowed()))
                    .clientAuth(ClientAuth.OPTIONAL)
                    .trustManager(trust)
                    .sessionTimeout(SESSION_LIFE.toSeconds())
                    .build();
        } catch (SSLException unusable) {
            throw new IOException("TLS cannot be set up: " + reason(unusable), unusable);
        }
    }

    private SslContext client(IdentityChain chain, TlsOptions now) throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(library)
                .protocols(TlsLibrary.versions(now.isOlderAllowed()))
                .keyManager(chain.leafKey(), certificates(chain))
                .trustManager(trust)
                // Keys are pinned, and a key goes with its server wherever that moves.
                .endpointIdentificationAlgorithm(null)
                .sessionTimeout(SESSION_LIFE.toSeconds())
                .build();
    }

    /** With the operator's certificate; null where there is none. */
    private static @Nullable SslContextBuilder operators(TlsOptions options) throws IOException {
        Path file = options.certificate();
        Path key = options.privateKey();
        if (file == null || key == null) {
            return null;
        }
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(file.toFile(), key.toFile());
            if (new CertificatePair(file, key).isMixedUp()) {
                throw new IllegalArgumentException("the key is another certificate's");
            }
            return builder;
        } catch (IllegalArgumentException unusable) {
            throw new IOException(
                    "TLS certificate "
                            + file
                            + " and key "
                            + key
                            + " cannot be used: "
                            + reason(unusable),
                    unusable);
        }
    }

    private static X509Certificate[] certificates(IdentityChain chain) {
        return chain.certificates().toArray(X509Certificate[]::new);
    }

    private static String reason(Exception failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
