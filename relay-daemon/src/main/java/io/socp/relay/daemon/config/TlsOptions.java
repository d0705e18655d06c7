package io.socp.relay.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * TLS on the protocol port. Immutable.
 *
 * @param mode whether there is any
 * @param certificate a PEM file with the leaf and what is above it; null for one that the server's
 *     identity key signs
 * @param privateKey the leaf's key, PKCS#8 PEM; null where {@code certificate} is
 * @param isOlderAllowed whether TLS 1.2 is spoken beside 1.3
 * @param handshakeTimeout from the client's first message to the end of the handshake
 * @param handshakesMax handshakes at once; beyond it, who comes waits
 */
public record TlsOptions(
        Mode mode,
        @Nullable Path certificate,
        @Nullable Path privateKey,
        boolean isOlderAllowed,
        Duration handshakeTimeout,
        int handshakesMax) {

    /** Who may connect. */
    public enum Mode {
        /** {@code ws://} alone. */
        OFF,
        /** {@code ws://} and {@code wss://} on the one port. */
        OPTIONAL,
        /** {@code wss://} alone. */
        REQUIRED
    }

    public TlsOptions {
        if ((certificate == null) != (privateKey == null)) {
            throw new IllegalArgumentException(
                    "a TLS certificate and its key must be given together");
        }
    }

    /** Plain SOCP. */
    public static TlsOptions off() {
        return in(Mode.OFF);
    }

    /** With a certificate of our own and the usual bounds. */
    public static TlsOptions in(Mode mode) {
        return new TlsOptions(mode, null, null, false, Duration.ofSeconds(5), 1_024);
    }

    /** With the operator's certificate. */
    public TlsOptions showing(Path newCertificate, Path newPrivateKey) {
        return new TlsOptions(
                mode,
                newCertificate,
                newPrivateKey,
                isOlderAllowed,
                handshakeTimeout,
                handshakesMax);
    }

    /** With or without TLS 1.2. */
    public TlsOptions allowingOlder(boolean allowed) {
        return new TlsOptions(
                mode, certificate, privateKey, allowed, handshakeTimeout, handshakesMax);
    }

    /** These options with the wanted files, where both have such: else others would be misled. */
    TlsOptions takingUp(TlsOptions wanted) {
        return wanted.certificate == null || wanted.privateKey == null || certificate == null
                ? this
                : showing(wanted.certificate, wanted.privateKey);
    }

    /** With another time for handshakes. */
    public TlsOptions shakingHandsWithin(Duration timeout) {
        return new TlsOptions(
                mode, certificate, privateKey, isOlderAllowed, timeout, handshakesMax);
    }

    /** Whether others can be told to dial us over TLS: the chain shows our identity. */
    public boolean showsIdentity() {
        return mode != Mode.OFF && certificate == null;
    }

    /**
     * Whether no server can dial us: it would have to use TLS, which does not show it who we are.
     */
    public boolean refusesServers() {
        return mode == Mode.REQUIRED && !showsIdentity();
    }
}
