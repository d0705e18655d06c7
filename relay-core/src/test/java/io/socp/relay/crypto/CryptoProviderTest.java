package io.socp.relay.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Provider;
import java.security.Security;
import org.junit.jupiter.api.Test;

class CryptoProviderTest {

    @Test
    void shouldChooseNativeProviderWhenItLoads() {
        CryptoProvider expected = CryptoProvider.accp().orElse(CryptoProvider.jdk());

        assertThat(CryptoProvider.chosen()).isSameAs(expected);
    }

    @Test
    void shouldNameProviderAndVersion() {
        assertThat(CryptoProvider.jdk().name()).matches("SunRsaSign \\d+.*");
        assertThat(CryptoProvider.bouncyCastle().name()).matches("BC 1\\.\\d+.*");
        assertThat(CryptoProvider.accp().stream())
                .allSatisfy(accp ->
                        assertThat(accp.name()).matches("AmazonCorrettoCryptoProvider 2\\.\\d+.*"));
    }

    @Test
    void shouldLeaveTheProviderListOfTheJvmAlone() {
        CryptoProvider.chosen().pss();
        CryptoProvider.bouncyCastle().pss();

        assertThat(Security.getProviders())
                .extracting(Provider::getName)
                .doesNotContain("AmazonCorrettoCryptoProvider", "BC");
    }
}
