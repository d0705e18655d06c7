package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.TlsOptions.Mode;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Certificates;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity.Stranger;
import io.socp.relay.verify.TlsPeer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pipeline of a port that takes TLS, without sockets. */
@ExtendWith(LeakCheck.class)
class TlsPortTest {

    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(3);
    private static final String GET = "GET / HTTP/1.1\r\nHost: relay\r\n\r\n";

    private final OperatorLog log = new OperatorLog();
    private final VirtualClock clock = new VirtualClock();
    private final TlsCounts counts = new TlsCounts();
    private ScriptedPort port;
    private TlsContexts contexts;

    @AfterEach
    void finish() {
        port.finish();
        log.close();
        assertThat(log.lines())
                .as("what others do is no bug of ours")
                .noneMatch(line -> line.startsWith("ERROR"));
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void shouldServeBothKindsOnOnePortWhereTlsIsOptional(SslProvider library) throws Exception {
        open(library, Mode.OPTIONAL, 10);
        FarEnd end = port.connect();
        TlsWire wire = new TlsWire(anonymous(), end).pump();

        String overTls = wire.exchange(GET);
        String plain = port.connect().http(GET);

        assertThat(overTls).startsWith("HTTP/1.1 200 OK").endsWith(ScriptedPort.DOCUMENT);
        assertThat(plain).startsWith("HTTP/1.1 200 OK").endsWith(ScriptedPort.DOCUMENT);
        assertThat(counts.done()).isEqualTo(1);
        wire.finish();
    }

    @Test
    void shouldTellThePlainOnesWhyTheyAreRefusedAndTheOperatorOnce() throws Exception {
        open(SslProvider.JDK, Mode.REQUIRED, 10);

        String first = port.connect().http(GET);
        FarEnd second = port.connect();
        second.http("\u0001\u0002 garbage");

        assertThat(first).startsWith("HTTP/1.1 400 ").contains("use wss://");
        assertThat(second.server().isOpen()).isFalse();
        assertThat(counts.plain()).isEqualTo(2);
        assertThat(log.lines().stream().filter(l -> l.contains("without TLS"))).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void shouldKnowAServerByItsChainAndAUserByNone(SslProvider library) throws Exception {
        open(library, Mode.REQUIRED, 10);
        TlsWire user = new TlsWire(anonymous(), port.connect()).pump();
        var asUser = port.inbox().link().identity();

        TlsWire server = new TlsWire(contexts.client(), port.connect()).pump();

        assertThat(user.isSecured()).isTrue();
        assertThat(server.isSecured()).isTrue();
        assertThat(asUser.tls())
                .isInstanceOfSatisfying(
                        TlsPeer.Anonymous.class,
                        shown ->
                                assertThat(shown.challenge().server())
                                        .isEqualTo(Actors.A.key().digest()));
        assertThat(port.inbox().link().identity())
                .isEqualTo(new Stranger(new TlsPeer.Proven(Actors.A.key())));
        user.finish();
        server.finish();
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void attackShouldFailWhenTheChainShownIsSignedByAnother(SslProvider library) throws Exception {
        open(library, Mode.REQUIRED, 10);
        var forged =
                new Certificates()
                        .forClients()
                        .make(TestKeys.MALLORY.identity(), TestKeys.SERVER_B.identity());
        SslContext mallory =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .keyManager(
                                forged.leafKey(), forged.chain().toArray(X509Certificate[]::new))
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .build();
        FarEnd end = port.connect();

        TlsWire wire = new TlsWire(mallory, end).pump();

        assertThat(end.server().isOpen()).isFalse();
        assertThat(counts.done()).isZero();
        assertThat(counts.failed()).isEqualTo(1);
        wire.finish();
    }

    @Test
    void shouldReapAClientHelloDribbledByteByByteBeforeItCostsAnEngine() throws Exception {
        open(SslProvider.JDK, Mode.OPTIONAL, 1);
        FarEnd end = port.connect();
        TlsWire wire = new TlsWire(anonymous(), end);
        byte[] hello = wire.hello();

        for (int i = 0; i < hello.length - 1; i++) {
            end.sendBytes(Unpooled.wrappedBuffer(hello, i, 1).copy());
        }
        boolean openBefore = end.server().isOpen();
        TlsWire other = new TlsWire(anonymous(), port.connect()).pump();
        end.advance(ScriptedPort.FIRST_FRAME_TIMEOUT);

        assertThat(openBefore).isTrue();
        assertThat(other.isSecured()).as("it takes nobody's slot").isTrue();
        assertThat(end.server().pipeline().get(SslHandler.class)).isNull();
        assertThat(end.server().isOpen()).isFalse();
        wire.finish();
        other.finish();
    }

    @Test
    void shouldBeginWithTheLastByteOfTheClientHello() throws Exception {
        open(SslProvider.JDK, Mode.OPTIONAL, 1);
        FarEnd end = port.connect();
        TlsWire wire = new TlsWire(anonymous(), end);

        for (byte each : wire.hello()) {
            end.sendBytes(Unpooled.copiedBuffer(new byte[] {each}));
        }

        assertThat(wire.pump().isSecured()).isTrue();
        wire.finish();
    }

    @Test
    void shouldGiveUpAHandshakeThatDoesNotGoOnAndItsSlotToTheNext() throws Exception {
        open(SslProvider.JDK, Mode.REQUIRED, 1);
        FarEnd first = port.connect();
        TlsWire stuck = new TlsWire(anonymous(), first);
        first.sendBytes(Unpooled.copiedBuffer(stuck.hello()));
        FarEnd second = port.connect();
        TlsWire next = new TlsWire(anonymous(), second).pump();
        boolean securedTooEarly = next.isSecured();

        first.advance(HANDSHAKE_TIMEOUT);
        next.pump();

        assertThat(securedTooEarly).isFalse();
        assertThat(first.server().isOpen()).isFalse();
        assertThat(next.isSecured()).isTrue();
        assertThat(counts.failed()).isEqualTo(1);
        stuck.finish();
        next.finish();
    }

    @Test
    void shouldPassTheSlotOnWhenWhoWaitedForItHasLeft() throws Exception {
        open(SslProvider.JDK, Mode.REQUIRED, 1);
        FarEnd first = port.connect();
        TlsWire stuck = new TlsWire(anonymous(), first);
        first.sendBytes(Unpooled.copiedBuffer(stuck.hello()));
        FarEnd gone = port.connect();
        TlsWire impatient = new TlsWire(anonymous(), gone).pump();
        TlsWire patient = new TlsWire(anonymous(), port.connect()).pump();

        gone.vanish();
        first.vanish();
        gone.server().runPendingTasks();
        patient.pump();

        assertThat(patient.isSecured()).isTrue();
        stuck.finish();
        impatient.finish();
        patient.finish();
    }

    @Test
    void shouldRefuseAFirstRecordLongerThanAny() throws Exception {
        open(SslProvider.JDK, Mode.REQUIRED, 1);
        FarEnd atTheBound = port.connect();
        FarEnd past = port.connect();

        atTheBound.sendBytes(record(TlsStartHandler.RECORD_BYTES_MAX));
        past.sendBytes(record(TlsStartHandler.RECORD_BYTES_MAX + 1));

        assertThat(atTheBound.server().isOpen()).isTrue();
        assertThat(past.server().isOpen()).isFalse();
    }

    @Test
    void shouldRefuseWhoGoesOnSendingWhileWaitingForASlot() throws Exception {
        open(SslProvider.JDK, Mode.REQUIRED, 1);
        FarEnd first = port.connect();
        TlsWire stuck = new TlsWire(anonymous(), first);
        first.sendBytes(Unpooled.copiedBuffer(stuck.hello()));
        FarEnd flood = port.connect();
        TlsWire wire = new TlsWire(anonymous(), flood).pump();

        flood.sendBytes(Unpooled.copiedBuffer(new byte[2 * TlsStartHandler.RECORD_BYTES_MAX]));

        assertThat(flood.server().isOpen()).isFalse();
        stuck.finish();
        wire.finish();
    }

    private static ByteBuf record(int length) {
        return Unpooled.copiedBuffer(new byte[] {0x16, 3, 1, (byte) (length >>> 8), (byte) length});
    }

    private void open(SslProvider library, Mode mode, int handshakesMax) throws Exception {
        TlsOptions options =
                new TlsOptions(mode, null, null, false, HANDSHAKE_TIMEOUT, handshakesMax);
        contexts =
                new TlsContexts(
                        options,
                        library,
                        TestKeys.SERVER_A.identity(),
                        "relay a",
                        List.of("localhost"),
                        clock);
        port = new ScriptedPort(100, new TlsGate(options, contexts, counts));
    }

    private static SslContext anonymous() throws Exception {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .build();
    }
}
