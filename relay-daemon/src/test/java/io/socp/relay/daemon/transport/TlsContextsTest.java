package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.socp.relay.crypto.IdentityChain;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.TlsOptions.Mode;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.testing.Certificates;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity.Stranger;
import io.socp.relay.verify.TlsPeer;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LeakCheck.class)
class TlsContextsTest {

    private static final Duration TWO_THIRDS = IdentityChain.LIFE.multipliedBy(2).dividedBy(3);
    private static final Duration BACKDATED = Duration.ofHours(1);

    @TempDir private Path dir;

    private final VirtualClock clock = new VirtualClock();

    @Test
    void shouldUseTheFastLibraryWhereItLoads() throws Exception {
        TlsContexts contexts =
                new TlsContexts(
                        () -> TlsOptions.in(Mode.OPTIONAL),
                        TestKeys.SERVER_A.identity(),
                        "a",
                        List.of(),
                        clock);

        assertThat(OpenSsl.isAvailable()).isTrue();
        assertThat(contexts.library()).isEqualTo("BoringSSL");
    }

    @Test
    void shouldMakeAnotherLeafAtTwoThirdsOfItsLifeAndNotBefore() throws Exception {
        TlsContexts contexts = contexts(SslProvider.JDK, TlsOptions.in(Mode.OPTIONAL));
        SslContext first = contexts.server();

        clock.advanceMs(TWO_THIRDS.minus(BACKDATED).toMillis() - 1);
        contexts.renewIfDue();
        SslContext justBefore = contexts.server();
        clock.advanceMs(1);
        contexts.renewIfDue();

        assertThat(justBefore).isSameAs(first);
        assertThat(contexts.server()).isNotSameAs(first);
    }

    @Test
    void shouldShakeHandsWithBothLeavesWhileOneGivesWayToTheNext() throws Exception {
        TlsContexts contexts = contexts(SslProvider.JDK, TlsOptions.in(Mode.OPTIONAL));
        SslContext oldClient = contexts.client();
        ScriptedPort port = port(contexts);

        contexts.renew();
        TlsWire wire = new TlsWire(oldClient, port.connect()).pump();

        assertThat(wire.isSecured()).isTrue();
        wire.finish();
        port.finish();
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void shouldResumeASessionAndProveTheSameKeyByIt(SslProvider library) throws Exception {
        TlsContexts contexts = contexts(library, TlsOptions.in(Mode.REQUIRED));
        ScriptedPort port = port(contexts);
        TlsWire first = new TlsWire(contexts.client(), port.connect()).pump();
        first.exchange("GET / HTTP/1.1\r\nHost: relay\r\n\r\n"); // the ticket comes with data

        TlsWire second = new TlsWire(contexts.client(), port.connect()).pump();

        assertThat(first.isSecured()).isTrue();
        assertThat(second.isSecured()).isTrue();
        assertThat(second.bytesFromServer())
                .as("without certificates")
                .isLessThan(first.bytesFromServer() - 2_000);
        assertThat(port.inbox().link().identity())
                .isEqualTo(new Stranger(new TlsPeer.Proven(TestKeys.SERVER_A.publicKey())));
        first.finish();
        second.finish();
        port.finish();
    }

    @Test
    void attackShouldFailWhenASessionIsResumedPastTheLifeOfItsLeaf() throws Exception {
        TlsContexts contexts = contexts(SslProvider.OPENSSL, TlsOptions.in(Mode.REQUIRED));
        ScriptedPort port = port(contexts);
        TlsWire first = new TlsWire(contexts.client(), port.connect()).pump();
        first.exchange("GET / HTTP/1.1\r\nHost: relay\r\n\r\n");

        clock.advanceMs(IdentityChain.LIFE.toMillis());
        var end = port.connect();
        TlsWire late = new TlsWire(contexts.client(), end).pump();

        assertThat(first.isSecured()).isTrue();
        assertThat(end.server().isOpen()).isFalse();
        first.finish();
        late.finish();
        port.finish();
    }

    @Test
    void shouldShowTheOperatorsCertificateAndReadItAgainWhenAsked() throws Exception {
        Path certificate = dir.resolve("cert.pem");
        Path key = dir.resolve("key.pem");
        write(certificate, key);
        TlsContexts contexts =
                contexts(SslProvider.JDK, TlsOptions.in(Mode.REQUIRED).showing(certificate, key));
        SslContext first = contexts.server();

        write(certificate, key);
        contexts.renew();
        SslContext second = contexts.server();
        Files.writeString(certificate, "no longer a certificate");

        assertThatThrownBy(contexts::renew)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cert.pem");
        assertThat(second).isNotSameAs(first);
        assertThat(contexts.server()).as("stays as it was").isSameAs(second);
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void shouldRefuseAKeyThatIsNotTheCertificates(SslProvider library) throws Exception {
        Path certificate = dir.resolve("cert.pem");
        Path key = dir.resolve("key.pem");
        write(certificate, dir.resolve("its-key.pem"));
        write(dir.resolve("another.pem"), key);
        TlsContexts contexts = contexts(library, TlsOptions.in(Mode.REQUIRED));
        SslContext before = contexts.server();
        TlsOptions wrong = TlsOptions.in(Mode.REQUIRED).showing(certificate, key);

        assertThatThrownBy(() -> contexts.renewal(wrong))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("key.pem");
        assertThat(contexts.server()).isSameAs(before);
    }

    @Test
    void shouldPutARenewalInForceOnlyWhenTold() throws Exception {
        TlsContexts contexts = contexts(SslProvider.JDK, TlsOptions.in(Mode.REQUIRED));
        SslContext before = contexts.server();

        Runnable renewal = contexts.renewal(TlsOptions.in(Mode.REQUIRED));

        assertThat(contexts.server()).isSameAs(before);
        renewal.run();
        assertThat(contexts.server()).isNotSameAs(before);
    }

    private void write(Path certificate, Path key) throws Exception {
        var made =
                new Certificates().make(TestKeys.MALLORY.identity(), TestKeys.MALLORY.identity());
        Files.writeString(certificate, pem(made.chain().getFirst()) + pem(made.chain().getLast()));
        Files.writeString(key, pem(new JcaPKCS8Generator(made.leafKey(), null)));
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }

    private TlsContexts contexts(SslProvider library, TlsOptions options) throws IOException {
        return new TlsContexts(
                options,
                library,
                TestKeys.SERVER_A.identity(),
                "relay a",
                List.of("localhost"),
                clock);
    }

    private ScriptedPort port(TlsContexts contexts) {
        return new ScriptedPort(
                100, new TlsGate(TlsOptions.in(Mode.OPTIONAL), contexts, new TlsCounts()));
    }
}
