package io.socp.relay.crypto;

import io.socp.relay.ownership.Immutable;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The canonical DER SubjectPublicKeyInfo of an RSA key of 4096 bits with exponent 65537: 550 bytes,
 * the same for every key but for the 512 of the modulus. Immutable; stateless.
 */
@Immutable
final class Spki {

    private static final int MODULUS_BYTES = 512;

    /** SEQUENCE, algorithm rsaEncryption, BIT STRING, SEQUENCE, INTEGER and its leading zero. */
    private static final byte[] HEAD =
            HexFormat.of()
                    .parseHex("30820222300d06092a864886f70d01010105000382020f003082020a0282020100");

    /** INTEGER 65537. */
    private static final byte[] TAIL = HexFormat.of().parseHex("0203010001");

    private static final int TAIL_AT = HEAD.length + MODULUS_BYTES;

    /** Length of every such key. */
    static final int BYTES = TAIL_AT + TAIL.length;

    private Spki() {}

    /** The modulus of a key in exactly this form; null for everything else. */
    static @Nullable BigInteger modulusOf(byte[] der) {
        boolean isSuchKey =
                der.length == BYTES
                        && Arrays.equals(der, 0, HEAD.length, HEAD, 0, HEAD.length)
                        && Arrays.equals(der, TAIL_AT, BYTES, TAIL, 0, TAIL.length)
                        // Without its top bit it has fewer bits, or one zero byte too many.
                        && der[HEAD.length] < 0;
        return isSuchKey ? new BigInteger(1, der, HEAD.length, MODULUS_BYTES) : null;
    }

    /** The key with this modulus of 4096 bits. */
    static byte[] of(BigInteger modulus) {
        byte[] signed = modulus.toByteArray();
        byte[] der = new byte[BYTES];
        System.arraycopy(HEAD, 0, der, 0, HEAD.length);
        System.arraycopy(signed, signed.length - MODULUS_BYTES, der, HEAD.length, MODULUS_BYTES);
        System.arraycopy(TAIL, 0, der, TAIL_AT, TAIL.length);
        return der;
    }
}
