package io.socp.relay.crypto;

import io.socp.relay.crypto.ChainReading.Role;
import io.socp.relay.ownership.Immutable;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets a TLS handshake pass only with a chain that proves an identity key; which one, is asked
 * afterwards. Immutable. No name and no authority counts.
 */
@Immutable
public final class IdentityTrust extends X509ExtendedTrustManager {

    private final InstantSource clock;

    public IdentityTrust(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        check(chain, Role.CLIENT);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, Role.CLIENT);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, Role.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        check(chain, Role.SERVER);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, Role.SERVER);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, Role.SERVER);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private void check(X509Certificate[] chain, Role role) throws CertificateException {
        if (ChainReading.read(List.of(chain), role, clock.instant())
                instanceof ChainReading.Invalid(String reason)) {
            throw new CertificateException(reason);
        }
    }
}
