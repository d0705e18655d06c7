package io.socp.relay.crypto;

import io.socp.relay.ownership.Immutable;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What became of the certificates the other end of a TLS connection has shown.
 *
 * <p>No authority is asked: a chain is good when it is made as {@link IdentityChain} makes it, and
 * then it proves the identity key at its end. Whether that is the right key is for the caller.
 */
public sealed interface ChainReading {

    /** Leaf and identity. */
    int CERTIFICATES = 2;

    /** A leaf good for longer than this is refused: who steals one must not have it for ever. */
    Duration LIFE_MAX = Duration.ofDays(31);

    /** Of both certificates. */
    String SIGNATURE = "SHA256withRSA";

    /** The other end holds a key that this identity key has signed for. Immutable. */
    @Immutable
    record Proven(RsaPublicKey key) implements ChainReading {}

    /** No chain of ours, or not one that is good now; the reason may be shown to anyone. */
    @Immutable
    record Invalid(String reason) implements ChainReading {}

    /** At which end of the connection the leaf is used. */
    enum Role {
        SERVER("1.3.6.1.5.5.7.3.1"),
        CLIENT("1.3.6.1.5.5.7.3.2");

        private final String purpose;

        Role(String purpose) {
            this.purpose = purpose;
        }
    }

    /** Reads a chain, leaf first; the TLS library has seen to it that the leaf's key is there. */
    static ChainReading read(List<X509Certificate> chain, Role role, Instant now) {
        if (chain.size() != CERTIFICATES) {
            return new Invalid(
                    "the chain has " + chain.size() + " certificates, not " + CERTIFICATES);
        }
        X509Certificate leaf = chain.getFirst();
        X509Certificate identity = chain.getLast();
        try {
            if (!(identity.getPublicKey() instanceof RSAPublicKey rsa)) {
                return new Invalid("the chain does not end in an RSA key");
            }
            RsaPublicKey key = RsaPublicKey.of(rsa);
            checkIdentity(identity, key);
            checkLeaf(leaf, identity, key);
            checkUse(leaf, role, now);
            return new Proven(key);
        } catch (GeneralSecurityException | IllegalArgumentException bad) {
            return new Invalid(
                    bad.getMessage() == null ? bad.getClass().getSimpleName() : bad.getMessage());
        }
    }

    private static void checkIdentity(X509Certificate identity, RsaPublicKey key)
            throws GeneralSecurityException {
        require(identity.getBasicConstraints() >= 0, "the identity may not sign certificates");
        boolean[] usage = identity.getKeyUsage();
        require(usage != null && usage[5], "the identity's key is not for certificates");
        require(!identity.hasUnsupportedCriticalExtension(), "the identity has unknown terms");
        checkSignature(identity, identity, key, "identity");
    }

    private static void checkLeaf(X509Certificate leaf, X509Certificate identity, RsaPublicKey key)
            throws GeneralSecurityException {
        require(leaf.getPublicKey() instanceof ECPublicKey, "the leaf's key is not EC");
        require(leaf.getBasicConstraints() < 0, "the leaf is an authority itself");
        boolean[] usage = leaf.getKeyUsage();
        require(usage != null && usage[0], "the leaf's key is not for signatures");
        require(!leaf.hasUnsupportedCriticalExtension(), "the leaf has unknown terms");
        checkSignature(leaf, identity, key, "leaf");
    }

    private static void checkSignature(
            X509Certificate signed, X509Certificate issuer, RsaPublicKey key, String what)
            throws GeneralSecurityException {
        require(
                signed.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()),
                "the " + what + " names another issuer");
        require(
                signed.getSigAlgName().equalsIgnoreCase(SIGNATURE),
                "the " + what + " is signed by " + signed.getSigAlgName());
        try {
            signed.verify(key.key(), CryptoProvider.chosen().jca());
        } catch (GeneralSecurityException forged) {
            throw new CertificateException(
                    "the " + what + " is not signed by the identity key", forged);
        }
    }

    private static void checkUse(X509Certificate leaf, Role role, Instant now)
            throws GeneralSecurityException {
        List<String> purposes = leaf.getExtendedKeyUsage();
        require(
                purposes != null && purposes.contains(role.purpose),
                "the leaf is not for a " + role.name().toLowerCase(Locale.ROOT));
        Instant from = leaf.getNotBefore().toInstant();
        Instant until = leaf.getNotAfter().toInstant();
        require(
                Duration.between(from, until).compareTo(LIFE_MAX) <= 0,
                "the leaf is good for more than " + LIFE_MAX.toDays() + " days");
        require(!now.isBefore(from), "the leaf is not good before " + from);
        require(!now.isAfter(until), "the leaf has expired at " + until);
    }

    private static void require(boolean condition, String otherwise) throws CertificateException {
        if (!condition) {
            throw new CertificateException(otherwise);
        }
    }
}
