package io.socp.relay.crypto;

import io.socp.relay.ownership.ThreadSafe;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A public key SOCP allows: RSA, 4096 bits, exponent 65537 (SOCP §3). Thread-safe: fixed but for
 * memories that only save work.
 *
 * <p>Gives back the text its owner wrote, since others compare keys as strings; equality is by key,
 * whatever the text. Small, since every user online has one: what can be made again from the
 * modulus is not kept, and the provider's object only while the key is among the {@link #READY_MAX}
 * in use.
 */
@ThreadSafe
public final class RsaPublicKey {

    /** Longest text read as a key. */
    public static final int TEXT_CHARS_MAX = 4096;

    private static final int MODULUS_BITS = 4096;
    private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);
    private static final String PEM_START = "-----BEGIN";
    private static final byte DER_SEQUENCE = 0x30;

    /** Keys that hold an object of the chosen provider; a power of two. */
    static final int READY_MAX = 2_048;

    private static final ReadyKeys READY = new ReadyKeys(READY_MAX);

    /** The key as another provider holds it. */
    private record Translated(CryptoProvider provider, PublicKey key) {}

    private final BigInteger modulus;

    /** Of the modulus: mostly enough to compare a number with it. */
    private final byte firstByte;

    /** Null where it is what we would write. */
    private final @Nullable String text;

    private final KeyContainer container;
    private volatile int saltBytes = Pss.SALT_BYTES_MAX;
    private volatile int reading;
    private volatile @Nullable PublicKey ready;
    private volatile boolean used;
    private volatile @Nullable Translated translated;

    private RsaPublicKey(BigInteger modulus, @Nullable String text, KeyContainer container) {
        this.modulus = modulus;
        this.firstByte = modulus.shiftRight(MODULUS_BITS - Byte.SIZE).byteValue();
        this.text = text;
        this.container = container;
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

    private static KeyReading check(byte[] der, String text, KeyContainer container) {
        BigInteger modulus = Spki.modulusOf(der);
        if (modulus == null || !modulus.testBit(0)) {
            return new KeyReading.Invalid(whyNot(der));
        }
        String canonical = write(modulus, container);
        return new KeyReading.Valid(
                new RsaPublicKey(modulus, text.equals(canonical) ? null : text, container));
    }

    /** What is wrong with something that is no key of ours; the JDK reads strangers' DER. */
    private static String whyNot(byte[] der) {
        if (der.length == 0 || der[0] != DER_SEQUENCE) {
            return "key is not a DER SubjectPublicKeyInfo";
        }
        try {
            var factory = CryptoProvider.jdk().keyFactory();
            if (!(factory.generatePublic(new X509EncodedKeySpec(der))
                    instanceof RSAPublicKey rsa)) {
                return "key is not RSA";
            }
            BigInteger modulus = rsa.getModulus();
            if (modulus.bitLength() != MODULUS_BITS) {
                return "key has " + modulus.bitLength() + " bits, not 4096";
            }
            if (!modulus.testBit(0)) {
                return "key has an even modulus";
            }
            if (!rsa.getPublicExponent().equals(EXPONENT)) {
                return "key has an exponent other than 65537";
            }
            return "key is not in canonical DER";
        } catch (GeneralSecurityException _) {
            return "key is not an RSA key";
        }
    }

    /** The key exactly as its owner wrote it. */
    public String text() {
        return text == null ? write(modulus, container) : text;
    }

    /** The key in a container; the owner's own text when it is that container. */
    public String text(KeyContainer wanted) {
        return wanted == container ? text() : write(modulus, wanted);
    }

    private static String write(BigInteger modulus, KeyContainer container) {
        byte[] spki = Spki.of(modulus);
        return switch (container) {
            case DER_BASE64URL -> Base64Url.encode(spki);
            case PEM_BASE64URL -> Base64Url.encode(pem(spki).getBytes(StandardCharsets.US_ASCII));
            case PEM_TEXT -> pem(spki);
        };
    }

    /** The same key as if its owner had written it in this container. */
    public RsaPublicKey in(KeyContainer wanted) {
        return wanted == container ? this : new RsaPublicKey(modulus, null, wanted);
    }

    /** The container its owner wrote the key in. */
    public KeyContainer container() {
        return container;
    }

    /**
     * First 16 bytes of SHA-256 over the DER, in lower-case hex: short enough to compare by eye.
     */
    public String fingerprint() {
        return HexFormat.of().formatHex(Pss.sha256().digest(Spki.of(modulus)), 0, 16);
    }

    /** SHA-256 over the DER, in base64url: the key's name where it must not be another's. */
    public String digest() {
        return Base64Url.encode(Pss.sha256().digest(Spki.of(modulus)));
    }

    /** The key as the chosen provider holds it. */
    public PublicKey key() {
        if (!used) {
            used = true;
        }
        PublicKey known = ready;
        return known == null ? makeReady() : known;
    }

    /** Two threads may do so at once, and make the same. */
    private PublicKey makeReady() {
        PublicKey made = translate(CryptoProvider.chosen());
        ready = made;
        READY.add(this);
        return made;
    }

    /** Whether it was used since this was asked last. */
    boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /** Its place among the {@link ReadyKeys} is another's now. */
    void letGo() {
        ready = null;
    }

    /** Whether it holds the chosen provider's object. */
    boolean isReady() {
        return ready != null;
    }

    /** The key as any provider holds it; remembers one translation. */
    PublicKey key(CryptoProvider provider) {
        if (provider == CryptoProvider.chosen()) {
            return key();
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
            return provider.keyFactory().generatePublic(new X509EncodedKeySpec(Spki.of(modulus)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a checked key was refused by " + provider, e);
        }
    }

    BigInteger modulus() {
        return modulus;
    }

    /** Whether the modulus is greater than this number of as many bytes, most significant first. */
    boolean exceeds(byte[] number) {
        return number[0] == firstByte
                ? modulus.compareTo(new BigInteger(1, number)) > 0
                : Byte.compareUnsigned(firstByte, number[0]) > 0;
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

    private static String pem(byte[] spki) {
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
