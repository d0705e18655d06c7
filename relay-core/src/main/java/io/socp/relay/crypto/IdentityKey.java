package io.socp.relay.crypto;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import javax.crypto.Cipher;

/**
 * The private key of a user or a server. Immutable.
 *
 * <p>Held in PKCS#8 PEM, unencrypted, in a file only its owner may read ({@link KeyFile}). Never
 * printed: {@link #toString} shows the public key's fingerprint.
 */
@Immutable
public final class IdentityKey {

    private final PrivateKey privateKey;
    private final byte[] pkcs8;
    private final RsaPublicKey publicKey;

    private IdentityKey(byte[] pkcs8, RsaPublicKey publicKey) throws GeneralSecurityException {
        this.pkcs8 = pkcs8;
        this.publicKey = publicKey;
        this.privateKey = privateKey(CryptoProvider.chosen());
    }

    /** A new RSA-4096 key; takes from half a second to several. */
    public static IdentityKey generate() {
        try {
            var generator = CryptoProvider.chosen().keyPairGenerator();
            generator.initialize(new RSAKeyGenParameterSpec(4096, RSAKeyGenParameterSpec.F4));
            return fromPkcs8(generator.generateKeyPair().getPrivate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("provider refuses to make a key", e);
        }
    }

    /** Reads PEM in PKCS#8 or PKCS#1; the exception's message says in a few words what is wrong. */
    public static IdentityKey fromPem(String pem) throws GeneralSecurityException {
        return fromPkcs8(Pem.readPrivateKey(pem));
    }

    /** Reads a key file; the exception's message is one line and names the file. */
    public static IdentityKey load(Path file) throws IOException {
        return KeyFile.load(file);
    }

    /** Writes a new file of mode 0600; refuses to replace one. */
    public void save(Path file) throws IOException {
        KeyFile.save(file, toPem());
    }

    /** PKCS#8 PEM: the secret itself. */
    public String toPem() {
        return Pem.write(Pem.PRIVATE_KEY, pkcs8);
    }

    public RsaPublicKey publicKey() {
        return publicKey;
    }

    public Signer signer() {
        return new Signer(privateKey, publicKey, CryptoProvider.chosen(), Pss.SALT_BYTES_MAX);
    }

    /** A signer on another provider than the chosen one. */
    public Signer signer(CryptoProvider provider) {
        return signer(provider, Pss.SALT_BYTES_MAX);
    }

    /** A signer with the salt length of another implementation. */
    Signer signer(CryptoProvider provider, int saltBytes) {
        try {
            return new Signer(privateKey(provider), publicKey, provider, saltBytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("provider refuses a checked key", e);
        }
    }

    /** Opens one OAEP block; the exception does not say what was wrong with it. */
    public byte[] decrypt(byte[] block) throws GeneralSecurityException {
        return Oaep.run(CryptoProvider.chosen(), Cipher.DECRYPT_MODE, privateKey, block);
    }

    /** For what is not signed as a message is: our own certificates. */
    PrivateKey privateKey() {
        return privateKey;
    }

    private static IdentityKey fromPkcs8(byte[] pkcs8) throws GeneralSecurityException {
        var factory = CryptoProvider.jdk().keyFactory();
        if (!(factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8))
                instanceof RSAPrivateCrtKey crt)) {
            throw new GeneralSecurityException("key is not RSA with its prime factors");
        }
        if (!crt.getPrimeP().multiply(crt.getPrimeQ()).equals(crt.getModulus())
                || !isInverse(crt)) {
            throw new GeneralSecurityException("key is damaged: its numbers do not fit together");
        }
        var spec = new RSAPublicKeySpec(crt.getModulus(), crt.getPublicExponent());
        try {
            var publicKey = RsaPublicKey.of((RSAPublicKey) factory.generatePublic(spec));
            return new IdentityKey(pkcs8, publicKey);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    /** Whether the private exponent undoes the public one, modulo both primes. */
    private static boolean isInverse(RSAPrivateCrtKey crt) {
        BigInteger product = crt.getPublicExponent().multiply(crt.getPrivateExponent());
        return product.mod(crt.getPrimeP().subtract(BigInteger.ONE)).equals(BigInteger.ONE)
                && product.mod(crt.getPrimeQ().subtract(BigInteger.ONE)).equals(BigInteger.ONE);
    }

    private PrivateKey privateKey(CryptoProvider provider) throws GeneralSecurityException {
        return provider.keyFactory().generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    @Override
    public String toString() {
        return "IdentityKey " + publicKey.fingerprint();
    }
}
