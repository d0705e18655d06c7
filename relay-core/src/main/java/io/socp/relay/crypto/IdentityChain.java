package io.socp.relay.crypto;

import io.socp.relay.ownership.Immutable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What an end shows of itself in a TLS handshake: a certificate for a short-lived ECDSA P-256 key,
 * signed by the identity key, and the identity key's own certificate. Immutable.
 *
 * <p>So a handshake costs an ECDSA signature and never one of RSA-4096. The identity's certificate
 * is signed by itself and always the same, byte for byte, for one key and one name; what counts in
 * it is the key alone. Both signatures are PKCS#1 v1.5 with SHA-256, which every TLS library reads
 * and no SOCP message bears.
 */
@Immutable
public final class IdentityChain {

    /** How long a leaf is good for; a stolen one is worthless after that. */
    public static final Duration LIFE = Duration.ofDays(7);

    /** For the clock of the other end. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    /** The identity does not age. */
    private static final Instant EVER_SINCE = Instant.parse("2020-01-01T00:00:00Z");

    /** RFC 5280 §4.1.2.5: no expiration. */
    private static final Instant FOR_EVER = Instant.parse("9999-12-31T23:59:59Z");

    private static final int SERIAL_BYTES = 16;
    private static final Pattern ADDRESS_V4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    private final PrivateKey leafKey;
    private final X509Certificate leaf;
    private final X509Certificate identity;

    private IdentityChain(PrivateKey leafKey, X509Certificate leaf, X509Certificate identity) {
        this.leafKey = leafKey;
        this.leaf = leaf;
        this.identity = identity;
    }

    /**
     * Makes a new leaf key and its certificate, good from an hour before {@code now} for {@link
     * #LIFE}; costs two RSA signatures.
     *
     * @param name of the identity, for people: a server's id
     * @param hosts names and literal addresses the leaf is for; what cannot stand in a certificate
     *     is left out
     */
    public static IdentityChain issue(
            IdentityKey key, String name, List<String> hosts, Instant now) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair leafPair = generator.generateKeyPair();
            X500Name issuer = distinguished(name);
            var identity =
                    new X509v3CertificateBuilder(
                                    issuer,
                                    serial(key.publicKey().key().getEncoded()),
                                    Date.from(EVER_SINCE),
                                    Date.from(FOR_EVER),
                                    issuer,
                                    spki(key.publicKey().key().getEncoded()))
                            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                            .addExtension(
                                    Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            Instant from = now.minus(BACKDATED);
            var leaf =
                    new X509v3CertificateBuilder(
                                    issuer,
                                    serial(leafPair.getPublic().getEncoded()),
                                    Date.from(from),
                                    Date.from(from.plus(LIFE)),
                                    distinguished(name + " TLS"),
                                    spki(leafPair.getPublic().getEncoded()))
                            .addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(false))
                            .addExtension(
                                    Extension.keyUsage,
                                    true,
                                    new KeyUsage(KeyUsage.digitalSignature))
                            .addExtension(Extension.extendedKeyUsage, false, bothEnds());
            GeneralName[] names = alternatives(hosts);
            if (names.length > 0) {
                leaf.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new IdentityChain(
                    leafPair.getPrivate(), signed(leaf, key), signed(identity, key));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("a certificate could not be made", e);
        }
    }

    /** The key that signs handshakes. */
    public PrivateKey leafKey() {
        return leafKey;
    }

    /** As sent in a handshake: the leaf, then the identity. */
    public List<X509Certificate> certificates() {
        return List.of(leaf, identity);
    }

    /** At two thirds of its life a leaf should give way to the next. */
    public Instant renewAt() {
        return leaf.getNotBefore().toInstant().plus(LIFE.multipliedBy(2).dividedBy(3));
    }

    private static X509Certificate signed(X509v3CertificateBuilder draft, IdentityKey key)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        var signer =
                new JcaContentSignerBuilder(ChainReading.SIGNATURE)
                        .setProvider(CryptoProvider.chosen().jca())
                        .build(key.privateKey());
        byte[] der = draft.build(signer).getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }

    private static X500Name distinguished(String name) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "SOCP")
                .addRDN(BCStyle.CN, name)
                .build();
    }

    private static SubjectPublicKeyInfo spki(byte[] der) {
        return SubjectPublicKeyInfo.getInstance(der);
    }

    private static ExtendedKeyUsage bothEnds() {
        return new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth});
    }

    /** One for each key, and the same whenever it is made. */
    private static BigInteger serial(byte[] spki) {
        return new BigInteger(1, Pss.sha256().digest(spki), 0, SERIAL_BYTES).add(BigInteger.ONE);
    }

    private static GeneralName[] alternatives(List<String> hosts) {
        return hosts.stream()
                .distinct()
                .flatMap(host -> alternative(host).stream())
                .toArray(GeneralName[]::new);
    }

    private static Optional<GeneralName> alternative(String host) {
        if (host.indexOf(':') >= 0 || ADDRESS_V4.matcher(host).matches()) {
            return address(host);
        }
        return HOST_NAME.matcher(host).matches()
                ? Optional.of(new GeneralName(GeneralName.dNSName, host))
                : Optional.empty();
    }

    /** An address with a scope means something on one machine only. */
    private static Optional<GeneralName> address(String host) {
        if (host.indexOf('%') >= 0 || host.indexOf('[') >= 0) {
            return Optional.empty();
        }
        try {
            byte[] octets = InetAddress.ofLiteral(host).getAddress();
            return Optional.of(new GeneralName(GeneralName.iPAddress, new DEROctetString(octets)));
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "IdentityChain until " + leaf.getNotAfter().toInstant();
    }
}
