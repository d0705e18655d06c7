package io.socp.relay.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.TestKeys;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SignatureVerifierTest {

    private static final byte[] MESSAGE = "{\"user_id\":\"alice\"}".getBytes(UTF_8);
    private static final int[] SALTS = {478, 32, 0, 1, 20, 222, 223, 477};

    static List<CryptoProvider> providers() {
        return Stream.concat(
                        CryptoProvider.accp().stream(),
                        Stream.of(CryptoProvider.jdk(), CryptoProvider.bouncyCastle()))
                .toList();
    }

    static Stream<Arguments> signerVerifierAndSalt() {
        return providers().stream()
                .flatMap(signer ->
                        providers().stream()
                                .flatMap(verifier ->
                                        IntStream.of(SALTS)
                                                .mapToObj(salt ->
                                                        Arguments.of(signer, verifier, salt))));
    }

    @ParameterizedTest
    @MethodSource("signerVerifierAndSalt")
    void shouldVerifyAnySaltLengthAcrossProviders(
            CryptoProvider signing, CryptoProvider verifying, int saltBytes) {
        byte[] signature = sign(signing, saltBytes);

        boolean verified = new SignatureVerifier(verifying).verifies(alice(), MESSAGE, signature);

        assertThat(signature).hasSize(512);
        assertThat(verified).isTrue();
    }

    @Test
    void shouldSignWithLongestSaltByDefault() {
        byte[] signature = TestKeys.ALICE.signer().sign(MESSAGE);
        RsaPublicKey key = alice();

        assertThat(new SignatureVerifier().verifies(key, MESSAGE, signature)).isTrue();
        assertThat(key.saltBytes()).isEqualTo(478);
        assertThat(TestKeys.ALICE.signer().publicKey()).isEqualTo(key);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void shouldRefuseSignatureOfAnotherKey(CryptoProvider provider) {
        var verifier = new SignatureVerifier(provider);

        assertThat(verifier.verifies(alice(), MESSAGE, TestKeys.MALLORY.signer().sign(MESSAGE)))
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void shouldRefuseAnyFlippedBit(CryptoProvider provider) {
        var verifier = new SignatureVerifier(provider);
        for (int saltBytes : new int[] {478, 32, 0}) {
            byte[] signature = sign(CryptoProvider.jdk(), saltBytes);
            for (int at : new int[] {0, 1, 255, 510, 511}) {
                byte[] flipped = signature.clone();
                flipped[at] ^= 1;
                assertThat(verifier.verifies(alice(), MESSAGE, flipped)).isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void shouldRefuseAnotherMessage(CryptoProvider provider) {
        var verifier = new SignatureVerifier(provider);
        for (int saltBytes : SALTS) {
            byte[] signature = sign(CryptoProvider.chosen(), saltBytes);
            byte[] other = MESSAGE.clone();
            other[3] ^= 1;
            assertThat(verifier.verifies(alice(), other, signature)).isFalse();
            assertThat(verifier.verifies(alice(), new byte[0], signature)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void shouldRefuseWrongSizesWithoutThrowing(CryptoProvider provider) {
        var verifier = new SignatureVerifier(provider);
        byte[] signature = TestKeys.ALICE.signer().sign(MESSAGE);

        for (int size : new int[] {0, 1, 256, 511, 513, 1024}) {
            byte[] resized = Arrays.copyOf(signature, size);
            assertThat(verifier.verifies(alice(), MESSAGE, resized)).isFalse();
        }
        assertThat(verifier.verifies(alice(), MESSAGE, signature)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void shouldRefuseHostileNumbersWithoutThrowing(CryptoProvider provider) {
        var verifier = new SignatureVerifier(provider);
        byte[] allOnes = new byte[512];
        Arrays.fill(allOnes, (byte) 0xff);
        byte[] one = new byte[512];
        one[511] = 1;

        List<byte[]> hostile = List.of(new byte[512], one, allOnes, number(0), number(-1));

        for (byte[] signature : hostile) {
            assertThat(verifier.verifies(alice(), MESSAGE, signature)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void shouldRefuseRandomSignaturesWithoutThrowing(CryptoProvider provider) {
        var verifier = new SignatureVerifier(provider);
        Random random = new Random(4711);
        for (int i = 0; i < 300; i++) {
            byte[] signature = new byte[512];
            random.nextBytes(signature);
            signature[0] &= 0x7f;
            assertThat(verifier.verifies(alice(), MESSAGE, signature)).isFalse();
        }
    }

    @Test
    void shouldRememberSaltLengthThatHeldLast() {
        RsaPublicKey key = alice();
        var verifier = new SignatureVerifier();

        assertThat(key.saltBytes()).isEqualTo(478);
        assertThat(verifier.verifies(key, MESSAGE, sign(CryptoProvider.chosen(), 32))).isTrue();
        assertThat(key.saltBytes()).isEqualTo(32);
        assertThat(verifier.verifies(key, MESSAGE, sign(CryptoProvider.chosen(), 478))).isTrue();
        assertThat(key.saltBytes()).isEqualTo(478);
    }

    @Test
    void shouldNotRememberSaltLengthOfBadSignature() {
        RsaPublicKey key = alice();
        byte[] other = "another message".getBytes(UTF_8);

        boolean verified =
                new SignatureVerifier().verifies(key, other, sign(CryptoProvider.chosen(), 32));

        assertThat(verified).isFalse();
        assertThat(key.saltBytes()).isEqualTo(478);
    }

    @Test
    void shouldServeManyThreadsWithMixedSaltsAndKeys() {
        var verifier = new SignatureVerifier();
        RsaPublicKey key = alice();
        List<byte[]> good =
                IntStream.of(SALTS).mapToObj(s -> sign(CryptoProvider.chosen(), s)).toList();
        byte[] bad = TestKeys.MALLORY.signer().sign(MESSAGE);

        boolean allRight =
                IntStream.range(0, 400)
                        .parallel()
                        .allMatch(i ->
                                verifier.verifies(key, MESSAGE, good.get(i % good.size()))
                                        && !verifier.verifies(key, MESSAGE, bad));

        assertThat(allRight).isTrue();
    }

    /** A fresh key, with nothing remembered. */
    private static RsaPublicKey alice() {
        return ((KeyReading.Valid) RsaPublicKey.read(TestKeys.ALICE.publicKey().text())).key();
    }

    private static byte[] sign(CryptoProvider provider, int saltBytes) {
        return TestKeys.ALICE.identity().signer(provider, saltBytes).sign(MESSAGE);
    }

    /** The modulus plus a small number, as 512 bytes. */
    private static byte[] number(long offset) {
        byte[] bytes = alice().modulus().add(BigInteger.valueOf(offset)).toByteArray();
        return Arrays.copyOfRange(bytes, bytes.length - 512, bytes.length);
    }
}
