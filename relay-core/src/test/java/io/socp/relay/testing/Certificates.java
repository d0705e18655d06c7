package io.socp.relay.testing;

import io.socp.relay.crypto.IdentityKey;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Certificates with one thing wrong: each setter changes what a chain of our own would have.
 * Confined to its test.
 */
public final class Certificates {

    private Instant from = Instant.ofEpochMilli(VirtualClock.START_EPOCH_MS);
    private Duration life = Duration.ofDays(1);
    private KeyPurposeId purpose = KeyPurposeId.id_kp_serverAuth;
    private boolean leafMaySign;
    private boolean identityMaySign = true;
    private String algorithm = "SHA256withRSA";
    private String leafIssuer = "CN=one";

    /** A leaf's key with its certificate and that of the identity. */
    public record Made(PrivateKey leafKey, List<X509Certificate> chain) {}

    public Certificates livingFor(Duration changed) {
        life = changed;
        return this;
    }

    public Certificates forClients() {
        purpose = KeyPurposeId.id_kp_clientAuth;
        return this;
    }

    public Certificates withALeafThatMaySign() {
        leafMaySign = true;
        return this;
    }

    public Certificates withAnIdentityThatMayNotSign() {
        identityMaySign = false;
        return this;
    }

    public Certificates signedBy(String changed) {
        algorithm = changed;
        return this;
    }

    public Certificates ofAnotherIssuer() {
        leafIssuer = "CN=other";
        return this;
    }

    /** A leaf that {@code signer} has signed, under the certificate of {@code shown}. */
    public Made make(IdentityKey signer, IdentityKey shown) throws Exception {
        return make(pair(signer), pair(shown), keyPair("EC", 256));
    }

    /** The same with keys of any kind. */
    public Made make(KeyPair signer, KeyPair shown, KeyPair leafPair) throws Exception {
        X509Certificate identity =
                sign(
                        draft("CN=one", "CN=one", shown, Duration.ofDays(9_999))
                                .addExtension(
                                        Extension.basicConstraints,
                                        true,
                                        new BasicConstraints(identityMaySign))
                                .addExtension(
                                        Extension.keyUsage,
                                        true,
                                        new KeyUsage(KeyUsage.keyCertSign)),
                        shown);
        X509Certificate leaf =
                sign(
                        draft(leafIssuer, "CN=leaf", leafPair, life)
                                .addExtension(
                                        Extension.basicConstraints,
                                        true,
                                        new BasicConstraints(leafMaySign))
                                .addExtension(
                                        Extension.keyUsage,
                                        true,
                                        new KeyUsage(KeyUsage.digitalSignature))
                                .addExtension(
                                        Extension.extendedKeyUsage,
                                        false,
                                        new ExtendedKeyUsage(purpose)),
                        signer);
        return new Made(leafPair.getPrivate(), List.of(leaf, identity));
    }

    public static KeyPair keyPair(String algorithm, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    public static KeyPair pair(IdentityKey key) throws Exception {
        Object read = new PEMParser(new StringReader(key.toPem())).readObject();
        PrivateKey secret = new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) read);
        return new KeyPair(key.publicKey().key(), secret);
    }

    private X509v3CertificateBuilder draft(
            String issuer, String subject, KeyPair key, Duration lasting) {
        return new X509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.TEN,
                Date.from(from),
                Date.from(from.plus(lasting)),
                new X500Name(subject),
                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    }

    private X509Certificate sign(X509v3CertificateBuilder draft, KeyPair by) throws Exception {
        var signer = new JcaContentSignerBuilder(algorithm).build(by.getPrivate());
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(draft.build(signer).getEncoded()));
    }
}
