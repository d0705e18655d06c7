package io.socp.relay.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.socp.relay.testing.TestKeys;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RsaPublicKeyTest {

    private static final BigInteger F4 = BigInteger.valueOf(65_537);
    private static final RsaPublicKey ALICE = TestKeys.ALICE.publicKey();
    private static final byte[] DER = Base64Url.decode(ALICE.text());
    private static final String PEM = ALICE.text(KeyContainer.PEM_TEXT);

    @Test
    void shouldTellNumbersBelowTheModulusFromOthers() {
        BigInteger n = ALICE.modulus();
        BigInteger firstByte = BigInteger.ONE.shiftLeft(4_088);

        assertThat(ALICE.exceeds(bytes(BigInteger.ZERO))).isTrue();
        assertThat(ALICE.exceeds(bytes(n.subtract(BigInteger.ONE)))).isTrue();
        assertThat(ALICE.exceeds(bytes(n))).isFalse();
        assertThat(ALICE.exceeds(bytes(n.add(BigInteger.ONE)))).isFalse();
        assertThat(ALICE.exceeds(bytes(n.subtract(firstByte)))).isTrue();
        assertThat(ALICE.exceeds(bytes(firstByte.shiftLeft(8).subtract(BigInteger.ONE)))).isFalse();
        assertThat(ALICE.exceeds(bytes(firstByte.shiftLeft(7).subtract(BigInteger.ONE)))).isTrue();
    }

    /** 512 bytes, most significant first. */
    private static byte[] bytes(BigInteger number) {
        byte[] signed = number.toByteArray();
        byte[] bytes = new byte[512];
        int length = Math.min(signed.length, bytes.length);
        System.arraycopy(signed, signed.length - length, bytes, bytes.length - length, length);
        return bytes;
    }

    @Test
    void shouldHaveSizesOfTheField() {
        assertThat(ALICE.text(KeyContainer.DER_BASE64URL)).hasSize(734);
        assertThat(ALICE.text(KeyContainer.PEM_BASE64URL)).hasSize(1067);
        assertThat(ALICE.text(KeyContainer.PEM_TEXT)).hasSize(800).endsWith("KEY-----\n");
    }

    @ParameterizedTest
    @EnumSource(KeyContainer.class)
    void shouldReadContainerAndReEmitItByteForByte(KeyContainer container) {
        String text = ALICE.text(container);

        RsaPublicKey read = valid(text);

        assertThat(read.container()).isEqualTo(container);
        assertThat(read.text()).isEqualTo(text);
        assertThat(read.text(container)).isEqualTo(text);
        assertThat(read).isEqualTo(ALICE).hasSameHashCodeAs(ALICE);
    }

    @ParameterizedTest
    @EnumSource(KeyContainer.class)
    void shouldConvertBetweenContainers(KeyContainer container) {
        RsaPublicKey read = valid(ALICE.text(container));

        for (KeyContainer wanted : KeyContainer.values()) {
            assertThat(read.text(wanted)).isEqualTo(ALICE.text(wanted));
        }
    }

    @Test
    void shouldKeepPaddingAndLineEndsOfItsOwner() {
        String padded = Base64.getUrlEncoder().encodeToString(PEM.getBytes(US_ASCII));
        String standard = Base64.getEncoder().encodeToString(DER);
        String windows = PEM.replace("\n", "\r\n");
        String unterminated = PEM.strip();

        assertThat(padded).hasSize(1068).endsWith("=");
        for (String text : new String[] {padded, standard, windows, unterminated}) {
            assertThat(valid(text).text()).isEqualTo(text);
            assertThat(valid(text)).isEqualTo(ALICE);
        }
        assertThat(valid(padded).container()).isEqualTo(KeyContainer.PEM_BASE64URL);
        assertThat(valid(windows).text(KeyContainer.DER_BASE64URL)).isEqualTo(ALICE.text());
    }

    @Test
    void shouldTellKeysApart() {
        assertThat(ALICE).isNotEqualTo(TestKeys.BOB.publicKey());
        assertThat(ALICE.fingerprint())
                .matches("[0-9a-f]{32}")
                .isEqualTo(valid(PEM).fingerprint())
                .isNotEqualTo(TestKeys.BOB.publicKey().fingerprint());
    }

    @Test
    void shouldRefuseSmallExponent() throws Exception {
        assertThat(reason(key(modulus(), BigInteger.valueOf(3)))).contains("exponent");
        assertThat(reason(key(modulus(), F4.add(BigInteger.TWO)))).contains("exponent");
    }

    @Test
    void shouldRefuseAnyOtherSize() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);

        assertThat(reason(generator.generateKeyPair().getPublic())).contains("2048 bits");
        assertThat(reason(key(modulus().shiftRight(1).setBit(0), F4))).contains("4095 bits");
        assertThat(reason(key(modulus().setBit(4096), F4))).contains("4097 bits");
    }

    @Test
    void shouldRefuseEvenModulus() throws Exception {
        assertThat(reason(key(modulus().clearBit(0), F4))).contains("even");
    }

    @Test
    void shouldRefuseKeysOfOtherKinds() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));

        assertThat(reason(generator.generateKeyPair().getPublic())).contains("not an RSA key");
    }

    @Test
    void shouldRefuseDerInAnotherForm() {
        byte[] longer = Arrays.copyOf(DER, DER.length + 1);
        byte[] shorter = Arrays.copyOf(DER, DER.length - 1);
        byte[] flipped = DER.clone();
        flipped[20] ^= 1;

        for (byte[] bad :
                new byte[][] {longer, shorter, flipped, {0x30}, {0x30, (byte) 0x84, -1}}) {
            assertThat(reason(Base64Url.encode(bad))).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "=",
                "hello world",
                "AAAA",
                "-----BEGIN",
                "-----BEGIN PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\nMIIC*\n-----END PUBLIC KEY-----\n",
                "-----BEGIN RSA PUBLIC KEY-----\nMIIC\n-----END RSA PUBLIC KEY-----\n",
                "LS0tLS1CRUdJTg"
            })
    void shouldRefuseWhatIsNoKey(String text) {
        assertThat(reason(text)).isNotEmpty();
    }

    @Test
    void shouldRefusePrivateKeyAndTwoKeysInOneText() {
        assertThat(reason(TestKeys.ALICE.identity().toPem())).isNotEmpty();
        assertThat(reason(PEM + PEM)).isNotEmpty();
    }

    @Test
    void shouldReadAtTheTextBoundAndRefuseOnePast() {
        String atBound = PEM + " ".repeat(RsaPublicKey.TEXT_CHARS_MAX - PEM.length());

        assertThat(valid(atBound)).isEqualTo(ALICE);
        assertThat(reason(atBound + " ")).contains("4096 characters");
    }

    @Test
    void shouldRefuseForbiddenKeyFromJca() throws Exception {
        RSAPublicKey small = key(modulus(), BigInteger.valueOf(3));

        assertThatIllegalArgumentException().isThrownBy(() -> RsaPublicKey.of(small));
    }

    @Test
    void shouldRememberTranslationToAnotherProvider() {
        PublicKey translated = ALICE.key(CryptoProvider.bouncyCastle());

        assertThat(translated).isSameAs(ALICE.key(CryptoProvider.bouncyCastle()));
        assertThat(translated.getEncoded()).isEqualTo(DER);
        assertThat(ALICE.key(CryptoProvider.chosen())).isSameAs(ALICE.key());
    }

    private static BigInteger modulus() {
        return ALICE.modulus();
    }

    private static RSAPublicKey key(BigInteger modulus, BigInteger exponent) throws Exception {
        return (RSAPublicKey)
                KeyFactory.getInstance("RSA", "SunRsaSign")
                        .generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }

    private static RsaPublicKey valid(String text) {
        return ((KeyReading.Valid) RsaPublicKey.read(text)).key();
    }

    private static String reason(PublicKey key) {
        return reason(Base64Url.encode(key.getEncoded()));
    }

    private static String reason(String text) {
        return ((KeyReading.Invalid) RsaPublicKey.read(text)).reason();
    }
}
