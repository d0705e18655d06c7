package io.socp.relay.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import io.socp.relay.ownership.Immutable;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.Optional;
import javax.crypto.Cipher;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * The JCA provider that does the RSA work, and the AES of the hybrid forms. Immutable.
 *
 * <p>Amazon Corretto Crypto Provider when its native library loads (about twice as fast in
 * verifying, three times in signing), the JDK's own otherwise. Never installed into the JVM's
 * provider list: TLS keeps its own choice.
 */
@Immutable
public final class CryptoProvider {

    private static final CryptoProvider JDK =
            new CryptoProvider(installed("SunRsaSign"), installed("SunJCE"));

    private final Provider jca;
    private final Provider ciphers;

    private CryptoProvider(Provider jca, Provider ciphers) {
        this.jca = jca;
        this.ciphers = ciphers;
    }

    private static final class Accp {
        static final @Nullable CryptoProvider LOADED = load();

        private static @Nullable CryptoProvider load() {
            try {
                Provider accp = AmazonCorrettoCryptoProvider.INSTANCE;
                return AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError() == null
                        ? new CryptoProvider(accp, accp)
                        : null;
            } catch (LinkageError _) {
                return null; // no native library for this platform
            }
        }
    }

    private static final class BouncyCastle {
        static final CryptoProvider LOADED = load();

        private static CryptoProvider load() {
            Provider bouncyCastle = new BouncyCastleProvider();
            return new CryptoProvider(bouncyCastle, bouncyCastle);
        }
    }

    /** The provider everything in this package uses unless told otherwise. */
    public static CryptoProvider chosen() {
        return accp().orElse(JDK);
    }

    public static CryptoProvider jdk() {
        return JDK;
    }

    /** Amazon Corretto Crypto Provider, or nothing where its native library does not load. */
    public static Optional<CryptoProvider> accp() {
        return Optional.ofNullable(Accp.LOADED);
    }

    /** For comparison only: the slowest of the three. */
    public static CryptoProvider bouncyCastle() {
        return BouncyCastle.LOADED;
    }

    /** Name and version, for logs and {@code --version}. */
    public String name() {
        return jca.getName() + ' ' + jca.getVersionStr();
    }

    /** The provider of keys and signatures. */
    public Provider jca() {
        return jca;
    }

    @Override
    public String toString() {
        return name();
    }

    Signature pss() {
        return supported(() -> Signature.getInstance("RSASSA-PSS", jca));
    }

    KeyFactory keyFactory() {
        return supported(() -> KeyFactory.getInstance("RSA", jca));
    }

    KeyPairGenerator keyPairGenerator() {
        return supported(() -> KeyPairGenerator.getInstance("RSA", jca));
    }

    Cipher oaep() {
        return supported(() -> Cipher.getInstance("RSA/ECB/OAEPPadding", ciphers));
    }

    /** RSA without padding, used on public keys only, to look into a signature. */
    Cipher rawRsa() {
        return supported(() -> Cipher.getInstance("RSA/ECB/NoPadding", ciphers));
    }

    /**
     * AES-GCM without padding. The JDK's is as fast once it is compiled, which takes more pieces
     * than most files have.
     */
    public Cipher aesGcm() {
        return supported(() -> Cipher.getInstance("AES/GCM/NoPadding", ciphers));
    }

    private interface Lookup<T> {
        T get() throws GeneralSecurityException;
    }

    private static <T> T supported(Lookup<T> lookup) {
        try {
            return lookup.get();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("provider lacks an algorithm", e);
        }
    }

    private static Provider installed(String name) {
        Provider provider = Security.getProvider(name);
        if (provider == null) {
            throw new IllegalStateException("this Java runtime has no provider " + name);
        }
        return provider;
    }
}
