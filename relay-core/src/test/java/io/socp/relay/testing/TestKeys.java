package io.socp.relay.testing;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.Signer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Locale;
import java.util.Random;

/**
 * Identity keys of the named actors, made once and kept under {@code keys/}. Thread-safe; each is
 * loaded on first use.
 *
 * <p>{@link #MALLORY} stands for whoever has a valid key and no right to use it.
 */
@SuppressWarnings("ImmutableEnumChecker") // set once, on first use
public enum TestKeys {
    ALICE,
    BOB,
    CAROL,
    SERVER_A,
    SERVER_B,
    SERVER_C,
    MALLORY;

    private IdentityKey identity;
    private Signer signer;

    public synchronized IdentityKey identity() {
        if (identity == null) {
            identity = load();
        }
        return identity;
    }

    public synchronized Signer signer() {
        if (signer == null) {
            signer = identity().signer();
        }
        return signer;
    }

    public RsaPublicKey publicKey() {
        return identity().publicKey();
    }

    /** The text of a key of the right form that nobody holds; another for each seed. */
    public static String madeUp(int seed) {
        BigInteger modulus = new BigInteger(4096, new Random(seed)).setBit(4095).setBit(0);
        var spec = new RSAPublicKeySpec(modulus, RSAKeyGenParameterSpec.F4);
        try {
            return Base64Url.encode(
                    KeyFactory.getInstance("RSA").generatePublic(spec).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private IdentityKey load() {
        String resource = "/keys/" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".pem";
        try (var in = TestKeys.class.getResourceAsStream(resource)) {
            return IdentityKey.fromPem(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("damaged test key " + resource, e);
        }
    }
}
