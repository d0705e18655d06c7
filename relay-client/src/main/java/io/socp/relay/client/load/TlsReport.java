package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;

/**
 * What TLS a run has used, and how often. Immutable.
 *
 * @param library the generator's
 * @param protocol of the first connection, as the cipher is
 * @param resumed handshakes in which no certificate was shown
 */
@Immutable
record TlsReport(String library, String protocol, String cipher, long handshakes, long resumed) {

    static final TlsReport NONE = new TlsReport("none", "none", "none", 0, 0);

    boolean isUsed() {
        return handshakes > 0;
    }

    /** Of two servers of one run. */
    TlsReport and(TlsReport other) {
        TlsReport first = isUsed() ? this : other;
        return new TlsReport(
                first.library,
                first.protocol,
                first.cipher,
                handshakes + other.handshakes,
                resumed + other.resumed);
    }
}
