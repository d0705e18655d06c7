package io.socp.relay.crypto;

import io.socp.relay.ownership.ThreadSafe;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A public key SOCP allows: RSA, 4096 bits, exponent 65537 (SOCP §3). Thread-safe: fixed but for
 * two volatile memories that only save work.
 *
 * <p>Keeps the text its owner wrote, since others compare keys as strings; equality is by key, over
 * the DER SubjectPublicKeyInfo, whatever the text.
 */
@ThreadSafe
public final class RsaPublicKey {

    /** Longest text read as a key. */
    public static final int TEXT_CHARS_MAX = 4096;

    private static final int MODULUS_BITS = 4096;
    private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);
    private static final String PEM_START = "-----BEGIN";
    private static final byte DER_SEQUENCE = 0x30;

    /** The key as another provider holds it. */
    private record Translated(CryptoProvider provider, PublicKey key) {}

    private final byte[] spki;
    private final BigInteger modulus;
    private final String text;
    private final KeyContainer container;
    private final PublicKey key;
    private volatile int saltBytes = Pss.SALT_BYTES_MAX;
    private volatile int reading;
    private volatile @Nullable Translated translated;

    private RsaPublicKey(byte[] spki, BigInteger modulus, String text, KeyContainer container)
            throws GeneralSecurityException {
        this.spki = spki;
        this.modulus = modulus;
        this.text = text;
        this.container = container;
        this.key =
                CryptoProvider.chosen().keyFactory().generatePublic(new X509EncodedKeySpec(spki));
    }

    private RsaPublicKey(RsaPublicKey same, KeyContainer container) {
        this.spki = same.spki;
        this.modulus = same.modulus;
        this.text = same.text(container);
        this.container = container;
        this.key = same.key;
    }

    /** Reads a key in any of the three containers, padded or not. */
    public static KeyReading read(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            return new KeyReading.Invalid("key text exceeds " + TEXT_CHARS_MAX + " characters");
        }
        try {
            if (text.startsWith(PEM_START)) {
                return check(Pem.readPublicKey(text), text, KeyContainer.PEM_TEXT);
            }
            byte[] decoded = Base64Url.decode(text);
            String pem = new String(decoded, StandardCharsets.ISO_8859_1);
            if (pem.startsWith(PEM_START)) {
                return check(Pem.readPublicKey(pem), text, KeyContainer.PEM_BASE64URL);
            }
            return check(decoded, text, KeyContainer.DER_BASE64URL);
        } catch (IllegalArgumentException _) {
            return new KeyReading.Invalid("key is neither PEM nor base64");
        }
    }

    /** A key of our own, in the majority's container. */
    public static RsaPublicKey of(RSAPublicKey key) {
        byte[] spki = key.getEncoded();
        return switch (check(spki, Base64Url.encode(spki), KeyContainer.DER_BASE64URL)) {
            case KeyReading.Valid(RsaPublicKey valid) -> valid;
            case KeyReading.Invalid(String reason) -> throw new IllegalArgumentException(reason);
        };
    }

    private static KeyReading check(byte[] spki, String text, KeyContainer container) {
        if (spki.length == 0 || spki[0] != DER_SEQUENCE) {
            return new KeyReading.Invalid("key is not a DER SubjectPublicKeyInfo");
        }
        try {
            // The JDK reads strangers' DER; the provider sees only what passed.
            var factory = CryptoProvider.jdk().keyFactory();
            if (!(factory.generatePublic(new X509EncodedKeySpec(spki))
                    instanceof RSAPublicKey rsa)) {
                return new KeyReading.Invalid("key is not RSA");
            }
            BigInteger modulus = rsa.getModulus();
            if (modulus.bitLength() != MODULUS_BITS) {
                return new KeyReading.Invalid("key has " + modulus.bitLength() + " bits, not 4096");
            }
            if (!modulus.testBit(0)) {
                return new KeyReading.Invalid("key has an even modulus");
            }
            if (!rsa.getPublicExponent().equals(EXPONENT)) {
                return new KeyReading.Invalid("key has an exponent other than 65537");
            }
            var plain = factory.generatePublic(new RSAPublicKeySpec(modulus, EXPONENT));
            if (!Arrays.equals(plain.getEncoded(), spki)) {
                return new KeyReading.Invalid("key is not in canonical DER");
            }
            return new KeyReading.Valid(new RsaPublicKey(spki, modulus, text, container));
        } catch (GeneralSecurityException _) {
            return new KeyReading.Invalid("key is not an RSA key");
        }
    }

    /** The key exactly as its owner wrote it. */
    public String text() {
        return text;
    }

    /** The key in a container; the owner's own text when it is that container. */
    public String text(KeyContainer wanted) {
        if (wanted == container) {
            return text;
        }
        return switch (wanted) {
            case DER_BASE64URL -> Base64Url.encode(spki);
            case PEM_BASE64URL -> Base64Url.encode(pem().getBytes(StandardCharsets.US_ASCII));
            case PEM_TEXT -> pem();
        };
    }

    /** The same key as if its owner had written it in this container. */
    public RsaPublicKey in(KeyContainer wanted) {
        return wanted == container ? this : new RsaPublicKey(this, wanted);
    }

    /** The container its owner wrote the key in. */
    public KeyContainer container() {
        return container;
    }

    /**
     * First 16 bytes of SHA-256 over the DER, in lower-case hex: short enough to compare by eye.
     */
    public String fingerprint() {
        return HexFormat.of().formatHex(Pss.sha256().digest(spki), 0, 16);
    }

    /** SHA-256 over the DER, in base64url: the key's name where it must not be another's. */
    public String digest() {
        return Base64Url.encode(Pss.sha256().digest(spki));
    }

    /** The key as the chosen provider holds it. */
    public PublicKey key() {
        return key;
    }

    /** The key as any provider holds it; remembers one translation. */
    PublicKey key(CryptoProvider provider) {
        if (provider == CryptoProvider.chosen()) {
            return key;
        }
        Translated known = translated;
        if (known == null || known.provider() != provider) {
            known = new Translated(provider, translate(provider));
            translated = known;
        }
        return known.key();
    }

    private PublicKey translate(CryptoProvider provider) {
        try {
            return provider.keyFactory().generatePublic(new X509EncodedKeySpec(spki));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a checked key was refused by " + provider, e);
        }
    }

    BigInteger modulus() {
        return modulus;
    }

    /** Salt length of the last good signature of this key; 478 before the first. */
    int saltBytes() {
        return saltBytes;
    }

    void rememberSaltBytes(int length) {
        saltBytes = length;
    }

    /** Which of several readings of what this key signs held last; 0 before the first. */
    public int reading() {
        return reading;
    }

    /** Tried first from now on; only a matter of cost, whoever sets it. */
    public void rememberReading(int number) {
        reading = number;
    }

    private String pem() {
        return Pem.write(Pem.PUBLIC_KEY, spki);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RsaPublicKey that && modulus.equals(that.modulus);
    }

    @Override
    public int hashCode() {
        return modulus.hashCode();
    }

    @Override
    public String toString() {
        return "RsaPublicKey " + fingerprint();
    }
}
