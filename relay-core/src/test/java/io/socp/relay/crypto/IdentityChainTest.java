package io.socp.relay.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.ChainReading.Invalid;
import io.socp.relay.crypto.ChainReading.Proven;
import io.socp.relay.crypto.ChainReading.Role;
import io.socp.relay.testing.Certificates;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityChainTest {

    private static final Instant NOW = Instant.ofEpochMilli(VirtualClock.START_EPOCH_MS);
    private static final IdentityKey A = TestKeys.SERVER_A.identity();
    private static final IdentityKey MALLORY = TestKeys.MALLORY.identity();

    private final IdentityChain chain =
            IdentityChain.issue(A, "relay a", List.of("localhost", "127.0.0.1", "::1"), NOW);

    @ParameterizedTest
    @EnumSource(Role.class)
    void shouldProveTheIdentityKeyAtBothEndsOfAConnection(Role role) {
        assertThat(read(chain.certificates(), role, NOW)).isEqualTo(new Proven(A.publicKey()));
    }

    @Test
    void shouldNameTheHostsThatCanStandInACertificate() throws Exception {
        List<String> hosts = List.of("relay.example", "10.0.0.7", "::1", "strange host", "ü");

        var names = IdentityChain.issue(A, "a", hosts, NOW).certificates().getFirst();

        assertThat(names.getSubjectAlternativeNames())
                .extracting(name -> String.valueOf(name.get(1)))
                .containsExactly("relay.example", "10.0.0.7", "0:0:0:0:0:0:0:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fe80::1%eth0",
                "a:b",
                ":",
                "999.1.1.1",
                "1.2.3.256",
                "1::2::3",
                "10.0.0.1/8",
                "::1/64"
            })
    void shouldLeaveOutWhatOnlyLooksLikeAnAddress(String host) throws Exception {
        var leaf = IdentityChain.issue(A, "a", List.of(host), NOW).certificates().getFirst();

        assertThat(leaf.getSubjectAlternativeNames()).isNull();
    }

    @Test
    void shouldAlwaysMakeTheSameCertificateForTheIdentityAndAnotherForTheLeaf() {
        IdentityChain next = IdentityChain.issue(A, "relay a", List.of(), NOW.plusSeconds(1));

        assertThat(next.certificates().getLast()).isEqualTo(chain.certificates().getLast());
        assertThat(next.certificates().getFirst().getPublicKey())
                .isNotEqualTo(chain.certificates().getFirst().getPublicKey());
    }

    @Test
    void shouldBeGoodUntilItsLastMomentAndNotPastIt() {
        Instant end = chain.certificates().getFirst().getNotAfter().toInstant();

        assertThat(read(chain.certificates(), Role.SERVER, end)).isInstanceOf(Proven.class);
        assertThat(reason(read(chain.certificates(), Role.SERVER, end.plusMillis(1))))
                .contains("expired");
    }

    @Test
    void shouldBeGoodForAnEndWhoseClockIsAnHourSlowAndNotMore() {
        Instant hourAgo = NOW.minus(Duration.ofHours(1));

        assertThat(read(chain.certificates(), Role.SERVER, hourAgo)).isInstanceOf(Proven.class);
        assertThat(reason(read(chain.certificates(), Role.SERVER, hourAgo.minusMillis(1))))
                .contains("not good before");
    }

    @Test
    void shouldAskToBeRenewedLongBeforeItExpires() {
        Instant end = chain.certificates().getFirst().getNotAfter().toInstant();

        assertThat(chain.renewAt()).isAfter(NOW.plus(Duration.ofDays(4)));
        assertThat(chain.renewAt()).isBefore(end.minus(Duration.ofDays(2)));
    }

    @Test
    void attackShouldFailWhenTheLeafIsNotSignedByTheIdentityShown() throws Exception {
        var forged = new Certificates().make(MALLORY, A);

        assertThat(reason(read(forged.chain(), Role.SERVER, NOW)))
                .isEqualTo("the leaf is not signed by the identity key");
    }

    @Test
    void attackShouldFailWhenAnIdentityIsPutUnderAnothersLeaf() {
        IdentityChain own = IdentityChain.issue(MALLORY, "relay a", List.of(), NOW);

        var mixed = List.of(own.certificates().getFirst(), chain.certificates().getLast());

        assertThat(read(mixed, Role.SERVER, NOW)).isInstanceOf(Invalid.class);
    }

    @Test
    void attackShouldFailWhenAnyCertificateIsTamperedWith() throws Exception {
        for (int which = 0; which < 2; which++) {
            byte[] der = chain.certificates().get(which).getEncoded();
            der[der.length - 1] ^= 1;
            List<X509Certificate> tampered =
                    which == 0
                            ? List.of(parse(der), chain.certificates().getLast())
                            : List.of(chain.certificates().getFirst(), parse(der));

            assertThat(reason(read(tampered, Role.SERVER, NOW)))
                    .endsWith("is not signed by the identity key");
        }
    }

    @Test
    void shouldReadNoChainOfAnyOtherLength() {
        X509Certificate leaf = chain.certificates().getFirst();
        X509Certificate identity = chain.certificates().getLast();

        assertThat(reason(read(List.of(), Role.SERVER, NOW))).contains("0 certificates");
        assertThat(reason(read(List.of(leaf), Role.SERVER, NOW))).contains("1 certificates");
        assertThat(reason(read(List.of(leaf, identity, identity), Role.SERVER, NOW)))
                .contains("3 certificates");
    }

    @Test
    void shouldReadNoLeafForTheOtherEnd() throws Exception {
        var forClients = new Certificates().forClients().make(A, A).chain();

        assertThat(read(forClients, Role.CLIENT, NOW)).isInstanceOf(Proven.class);
        assertThat(reason(read(forClients, Role.SERVER, NOW))).contains("not for a server");
    }

    @Test
    void shouldReadALeafOfAMonthAndNoneOfADayMore() throws Exception {
        var month = new Certificates().livingFor(ChainReading.LIFE_MAX).make(A, A).chain();
        var more =
                new Certificates()
                        .livingFor(ChainReading.LIFE_MAX.plusSeconds(1))
                        .make(A, A)
                        .chain();

        assertThat(read(month, Role.SERVER, NOW)).isInstanceOf(Proven.class);
        assertThat(reason(read(more, Role.SERVER, NOW))).contains("more than 31 days");
    }

    @Test
    void shouldReadNoChainWithTheWrongTerms() throws Exception {
        assertThat(reason(read(new Certificates().withALeafThatMaySign().make(A, A).chain())))
                .contains("authority itself");
        assertThat(
                        reason(
                                read(
                                        new Certificates()
                                                .withAnIdentityThatMayNotSign()
                                                .make(A, A)
                                                .chain())))
                .contains("may not sign certificates");
        assertThat(reason(read(new Certificates().ofAnotherIssuer().make(A, A).chain())))
                .contains("another issuer");
        assertThat(reason(read(new Certificates().signedBy("SHA1withRSA").make(A, A).chain())))
                .contains("SHA1withRSA");
    }

    @Test
    void shouldReadNoKeysOfAnotherKind() throws Exception {
        var weak = Certificates.keyPair("RSA", 2048);
        var ours = Certificates.pair(A);
        var curve = Certificates.keyPair("EC", 256);

        assertThat(reason(read(new Certificates().make(weak, weak, curve).chain())))
                .contains("2048 bits");
        assertThat(reason(read(new Certificates().make(ours, ours, weak).chain())))
                .contains("leaf's key is not EC");
        assertThat(
                        reason(
                                read(
                                        new Certificates()
                                                .signedBy("SHA256withECDSA")
                                                .make(curve, curve, curve)
                                                .chain())))
                .contains("does not end in an RSA key");
    }

    private static ChainReading read(List<X509Certificate> chain) {
        return read(chain, Role.SERVER, NOW);
    }

    private static ChainReading read(List<X509Certificate> chain, Role role, Instant now) {
        return ChainReading.read(chain, role, now);
    }

    private static String reason(ChainReading reading) {
        return reading instanceof Invalid(String reason) ? reason : "proven";
    }

    private static X509Certificate parse(byte[] der) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }
}
