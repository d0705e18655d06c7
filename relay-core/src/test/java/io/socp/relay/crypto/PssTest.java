package io.socp.relay.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.TestKeys;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.OptionalInt;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PssTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 32, 222, 477, 478})
    void shouldReadSaltLengthOutOfEncodedMessage(int saltBytes) throws Exception {
        byte[] encoded = encoded(saltBytes);

        assertThat(Pss.claimedSaltBytes(encoded)).hasValue(saltBytes);
    }

    @Test
    void shouldClaimNothingWhenTrailerIsAnother() throws Exception {
        byte[] encoded = encoded(32);
        encoded[511] = (byte) 0xcc;

        assertThat(Pss.claimedSaltBytes(encoded)).isEqualTo(OptionalInt.empty());
    }

    @Test
    void shouldClaimNothingWhenPaddingIsBroken() throws Exception {
        byte[] encoded = encoded(32);
        encoded[100] ^= 2;

        assertThat(Pss.claimedSaltBytes(encoded)).isEqualTo(OptionalInt.empty());
    }

    @Test
    void shouldClaimNothingWhenSizeIsAnother() {
        assertThat(Pss.claimedSaltBytes(new byte[0])).isEqualTo(OptionalInt.empty());
        assertThat(Pss.claimedSaltBytes(new byte[511])).isEqualTo(OptionalInt.empty());
    }

    /** The encoded message another library hands to its RSA step, which here does nothing. */
    private static byte[] encoded(int saltBytes) throws Exception {
        var signer = new PSSSigner(new NoRsa(), new SHA256Digest(), saltBytes);
        var size =
                new RSAKeyParameters(
                        false, TestKeys.ALICE.publicKey().modulus(), BigInteger.valueOf(65_537));
        signer.init(true, new ParametersWithRandom(size, new SecureRandom()));
        signer.update(new byte[] {1, 2, 3}, 0, 3);
        return signer.generateSignature();
    }

    private static final class NoRsa implements AsymmetricBlockCipher {
        @Override
        public void init(boolean forEncryption, CipherParameters parameters) {}

        @Override
        public int getInputBlockSize() {
            return 512;
        }

        @Override
        public int getOutputBlockSize() {
            return 512;
        }

        @Override
        public byte[] processBlock(byte[] in, int offset, int length) {
            return Arrays.copyOfRange(in, offset, offset + length);
        }
    }
}
