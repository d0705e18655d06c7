package io.socp.relay.daemon.transport;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator's certificate and private key as files. Immutable.
 *
 * <p>TLS libraries take any two and fail at each handshake; so one signature tells beforehand.
 */
@Immutable
record CertificatePair(Path certificate, Path privateKey) {

    private static final byte[] SAMPLE =
            "the key of this certificate".getBytes(StandardCharsets.UTF_8);

    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    /** What makes keys and signatures of a kind. */
    private enum Kind {
        RSA,
        EC,
        EDWARDS;

        KeyFactory keys() throws GeneralSecurityException {
            return switch (this) {
                case RSA -> KeyFactory.getInstance("RSA");
                case EC -> KeyFactory.getInstance("EC");
                case EDWARDS -> KeyFactory.getInstance("EdDSA");
            };
        }

        Signature signature() throws GeneralSecurityException {
            return switch (this) {
                case RSA -> Signature.getInstance("SHA256withRSA");
                case EC -> Signature.getInstance("SHA256withECDSA");
                case EDWARDS -> Signature.getInstance("EdDSA");
            };
        }
    }

    /**
     * Whether the two do not go together, as far as they can be read here; what cannot be read is
     * for the TLS library to refuse.
     */
    boolean isMixedUp() throws IOException {
        PublicKey shown = shown();
        if (shown == null) {
            return false;
        }
        for (Kind kind : Kind.values()) {
            PrivateKey key = privateKey(kind);
            if (key != null) {
                return !isSignedFor(shown, key, kind);
            }
        }
        return false;
    }

    private static boolean isSignedFor(PublicKey shown, PrivateKey key, Kind kind) {
        try {
            Signature signing = kind.signature();
            signing.initSign(key);
            signing.update(SAMPLE);
            byte[] signature = signing.sign();
            Signature verifying = kind.signature();
            verifying.initVerify(shown);
            verifying.update(SAMPLE);
            return verifying.verify(signature);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }

    private @Nullable PublicKey shown() throws IOException {
        try (InputStream in = Files.newInputStream(certificate)) {
            var all = List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            return all.isEmpty() ? null : all.getFirst().getPublicKey();
        } catch (GeneralSecurityException unreadable) {
            return null;
        }
    }

    private @Nullable PrivateKey privateKey(Kind kind) throws IOException {
        String text = Files.readString(privateKey, StandardCharsets.ISO_8859_1);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END, begin + 1);
        if (begin < 0 || end < 0) {
            return null;
        }
        try {
            byte[] der =
                    Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            return kind.keys().generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException otherKind) {
            return null;
        }
    }
}
