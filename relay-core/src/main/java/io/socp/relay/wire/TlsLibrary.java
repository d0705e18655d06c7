package io.socp.relay.wire;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Who does TLS in this process: BoringSSL where its native library loads, else the JDK. */
public final class TlsLibrary {

    private static final String NEWEST = "TLSv1.3";
    private static final String OLDER = "TLSv1.2";

    private TlsLibrary() {}

    public static SslProvider chosen() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    /** For logs. */
    public static String name(SslProvider provider) {
        return switch (provider) {
            case JDK -> "JDK " + Runtime.version().feature();
            case OPENSSL, OPENSSL_REFCNT -> OpenSsl.versionString();
        };
    }

    /** The versions of TLS spoken: 1.3, and 1.2 where it is allowed. */
    public static String[] versions(boolean isOlderAllowed) {
        return isOlderAllowed ? new String[] {NEWEST, OLDER} : new String[] {NEWEST};
    }
}
