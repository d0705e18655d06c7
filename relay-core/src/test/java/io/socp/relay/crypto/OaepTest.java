package io.socp.relay.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.socp.relay.testing.TestKeys;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OaepTest {

    private static final RsaPublicKey BOB = TestKeys.BOB.publicKey();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 400, 445, Oaep.PLAINTEXT_BYTES_MAX})
    void shouldOpenWhatWasSealed(int size) throws Exception {
        byte[] plaintext = new byte[size];
        Arrays.fill(plaintext, (byte) 0xa5);

        byte[] block = Oaep.encrypt(BOB, plaintext);

        assertThat(block).hasSize(512);
        assertThat(TestKeys.BOB.identity().decrypt(block)).isEqualTo(plaintext);
    }

    @Test
    void shouldRefuseOneBytePastTheBound() {
        byte[] tooLong = new byte[447];

        assertThatIllegalArgumentException().isThrownBy(() -> Oaep.encrypt(BOB, tooLong));
    }

    @Test
    void shouldSealTheSameTextDifferentlyEachTime() {
        byte[] plaintext = {1, 2, 3};

        assertThat(Oaep.encrypt(BOB, plaintext)).isNotEqualTo(Oaep.encrypt(BOB, plaintext));
    }

    @Test
    void shouldNotOpenWhatIsForAnotherOrDamaged() {
        byte[] block = Oaep.encrypt(BOB, new byte[] {1, 2, 3});
        byte[] damaged = block.clone();
        damaged[100] ^= 1;

        assertUnreadable(TestKeys.CAROL, block);
        assertUnreadable(TestKeys.BOB, damaged);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 513, 1024})
    void shouldNotOpenBlockOfWrongSize(int size) {
        assertUnreadable(TestKeys.BOB, new byte[size]);
    }

    @Test
    void shouldAgreeWithTheOtherProviders() throws Exception {
        byte[] plaintext = {4, 5, 6};
        for (CryptoProvider provider : SignatureVerifierTest.providers()) {
            byte[] block = Oaep.run(provider, Cipher.ENCRYPT_MODE, BOB.key(provider), plaintext);
            assertThat(TestKeys.BOB.identity().decrypt(block)).isEqualTo(plaintext);
        }
    }

    private static void assertUnreadable(TestKeys reader, byte[] block) {
        assertThatExceptionOfType(GeneralSecurityException.class)
                .isThrownBy(() -> reader.identity().decrypt(block));
    }
}
