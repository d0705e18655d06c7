package io.socp.relay.client.load;

import io.socp.relay.crypto.ChainReading;
import io.socp.relay.crypto.ChainReading.Role;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.EventLoopConfined;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Takes one server for the right one: that of the key it was given, or else of the key met first.
 * Event-loop confined: handshakes do all their work on the loop of the run.
 *
 * <p>Certificates that are those of the handshake before are not read again: a storm of connections
 * would cost the generator two RSA verifications each.
 */
@EventLoopConfined
final class LoadTrust extends X509ExtendedTrustManager {

    private final InstantSource clock;
    private @Nullable RsaPublicKey key;
    private X509Certificate[] taken = {};
    private long shown;

    /**
     * @param expected null for whichever key is met first
     */
    LoadTrust(@Nullable RsaPublicKey expected, InstantSource clock) {
        this.key = expected;
        this.clock = clock;
    }

    /** The server's key; {@link IllegalStateException} while it is not known. */
    RsaPublicKey key() {
        RsaPublicKey proven = key;
        if (proven == null) {
            throw new IllegalStateException("no server has proven a key yet");
        }
        return proven;
    }

    /** How many handshakes have shown certificates that were taken. */
    long shown() {
        return shown;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (!Arrays.equals(chain, taken)) {
            read(chain);
        }
        shown++;
    }

    private void read(X509Certificate[] chain) throws CertificateException {
        switch (ChainReading.read(List.of(chain), Role.SERVER, clock.instant())) {
            case ChainReading.Invalid(String reason) -> throw new CertificateException(reason);
            case ChainReading.Proven(RsaPublicKey proven) -> {
                if (key != null && !key.equals(proven)) {
                    throw new CertificateException(
                            "the server proves key "
                                    + proven.fingerprint()
                                    + ", not "
                                    + key.fingerprint());
                }
                key = proven;
                taken = chain.clone();
            }
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("this end is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
