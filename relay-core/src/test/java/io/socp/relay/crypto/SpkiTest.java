package io.socp.relay.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpkiTest {

    private final BigInteger modulus = new BigInteger(4095, new Random(7)).setBit(4095).setBit(0);

    @Test
    void shouldWriteWhatTheJdkWrites() throws GeneralSecurityException {
        byte[] expected =
                CryptoProvider.jdk()
                        .keyFactory()
                        .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65_537)))
                        .getEncoded();

        byte[] written = Spki.of(modulus);

        assertThat(written).isEqualTo(expected).hasSize(Spki.BYTES);
    }

    @Test
    void shouldReadWhatItWrites() {
        assertThat(Spki.modulusOf(Spki.of(modulus))).isEqualTo(modulus);
    }

    @Test
    void shouldReadNothingElse() {
        byte[] key = Spki.of(modulus);

        for (int at : new int[] {0, 3, 17, 32, Spki.BYTES - 5, Spki.BYTES - 1}) {
            byte[] changed = key.clone();
            changed[at] ^= 1;
            assertThat(Spki.modulusOf(changed)).as("another byte at %d", at).isNull();
        }
        assertThat(Spki.modulusOf(Arrays.copyOf(key, Spki.BYTES - 1))).isNull();
        assertThat(Spki.modulusOf(Arrays.copyOf(key, Spki.BYTES + 1))).isNull();
        assertThat(Spki.modulusOf(new byte[0])).isNull();
    }

    @Test
    void shouldReadNoModulusWithoutItsTopBit() {
        byte[] shorter = Spki.of(modulus);
        shorter[33] &= 0x7f;

        assertThat(Spki.modulusOf(shorter)).isNull();
    }
}
