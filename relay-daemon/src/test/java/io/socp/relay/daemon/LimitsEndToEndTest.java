package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.TlsOptions.Mode;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.Scrape;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.LimitOptions.Connections;
import io.socp.relay.limit.LimitOptions.Frames;
import io.socp.relay.limit.LimitOptions.Misuse;
import io.socp.relay.limit.LimitOptions.Proxies;
import io.socp.relay.limit.LimitOptions.Proxies.Header;
import io.socp.relay.limit.Network;
import io.socp.relay.limit.Rate;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Limits of a running relay, over real sockets. */
@ExtendWith(LeakCheck.class)
class LimitsEndToEndTest {

    private static final LimitOptions STANDARD = LimitOptions.standard();
    private static final String GET = "GET / HTTP/1.1\r\nHost: relay\r\n\r\n";
    private static final Rate PLENTY = Rate.perSecond(10_000, 2);

    @TempDir private Path dir;

    private TestRelay relay;

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void shouldBoundConnectionsFromOneAddressWhereThisMachineIsNotExempt() {
        start(STANDARD.exempting(Network.parseAll("")).with(connections(2)));
        try (SocketUser alice = SocketUser.hello(relay.port(), ALICE);
                SocketUser bob = SocketUser.hello(relay.port(), BOB)) {
            int third = Scrape.get(relay.port(), "/").statusCode();
            alice.leave();
            alice.awaitClose();

            assertThat(third).isEqualTo(503);
            await().until(() -> Scrape.get(relay.port(), "/").statusCode() == 200);
            assertThat(bob.received("ERROR")).isEmpty();
        }
        assertThat(relay.scrape().text())
                .contains("socp_connections_refused_total{reason=\"address_full\"}");
    }

    @Test
    void shouldBanAnAddressThatShowsTooManyWrongSignatures() throws IOException {
        start(
                STANDARD.exempting(Network.parseAll(""))
                        .with(new Misuse(new Rate(2, 1L << 40), Duration.ofMinutes(10))));
        try (SocketUser alice = SocketUser.hello(relay.port(), ALICE)) {
            for (int i = 0; i < 3; i++) {
                alice.send(Envelopes.msgDirect(ALICE, BOB).with("n", i).signedBy(BOB.keys()));
            }

            assertThat(alice.awaitClose()).isEqualTo(1008);
        }
        assertThat(Scrape.get(relay.port(), "/").statusCode()).isEqualTo(503);
        assertThat(relay.scrape().value("socp_addresses_banned_total")).isEqualTo(1);
        await().until(() -> Files.exists(relay.dir().resolve("bans")));
        assertThat(Files.readString(relay.dir().resolve("bans")))
                .contains("\taddress\t127.0.0.1\ttoo many wrong signatures");
    }

    @Test
    void shouldNotBanThisMachineUnlessTold() {
        start(STANDARD.with(new Misuse(new Rate(1, 1L << 40), Duration.ofMinutes(10))));
        try (SocketUser alice = SocketUser.hello(relay.port(), ALICE)) {
            for (int i = 0; i < 5; i++) {
                alice.send(Envelopes.msgDirect(ALICE, BOB).with("n", i).signedBy(BOB.keys()));
            }

            await().until(() -> alice.received("ERROR").size() == 5);
            assertThat(Scrape.get(relay.port(), "/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldRefuseWhatOneUserSendsBeyondTheRate() {
        start(STANDARD.with(new Frames(new Rate(2, 1L << 40), PLENTY, PLENTY, PLENTY)));
        try (SocketUser alice = SocketUser.hello(relay.port(), ALICE);
                SocketUser bob = SocketUser.hello(relay.port(), BOB)) {
            for (int i = 0; i < 3; i++) {
                alice.send(Envelopes.msgDirect(ALICE, BOB).with("n", i));
            }

            assertThat(ScriptedEnd.text(alice.await("ERROR"), "code")).isEqualTo("TIMEOUT");
            await().until(() -> bob.received("USER_DELIVER").size() == 2);
        }
    }

    @Test
    void shouldKnowUsersBehindAProxyByTheirOwnAddress() throws IOException {
        start(STANDARD.behind(new Proxies(Network.parseAll("127.0.0.1"), Header.PROXY_PROTOCOL)));
        Scrape.order(relay.managementPort(), "/api/v1/ban?address=192.0.2.7");

        String banned = say("PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n" + GET);
        String other = say("PROXY TCP4 192.0.2.8 127.0.0.1 1 2\r\n" + GET);
        String none = say(GET);

        assertThat(banned).startsWith("HTTP/1.1 503 ");
        assertThat(other).startsWith("HTTP/1.1 200 ");
        assertThat(none).isEmpty();
    }

    @Test
    void shouldReadTheProxysWordBeforeTls() throws Exception {
        LimitOptions limits =
                STANDARD.behind(new Proxies(Network.parseAll("127.0.0.1"), Header.PROXY_PROTOCOL));
        relay =
                TestRelay.of(Actors.A)
                        .withTls(TlsOptions.in(Mode.REQUIRED))
                        .start(dir, options -> options.with(limits));
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (Socket plain = connect(relay.port())) {
            write(plain, "PROXY TCP4 192.0.2.8 127.0.0.1 1 2\r\n");

            try (Socket socket =
                    tls.getSocketFactory().createSocket(plain, "127.0.0.1", relay.port(), true)) {
                assertThat(say(socket, GET)).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void shouldShowOperatorsTheForwardedAddress() throws IOException {
        start(STANDARD.behind(new Proxies(Network.parseAll("127.0.0.1"), Header.FORWARDED_FOR)));
        try (Socket socket = connect(relay.port())) {
            write(
                    socket,
                    "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.7\r\n"
                            + "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

            await().until(() ->
                    Scrape.get(relay.managementPort(), "/api/v1/links")
                            .body()
                            .contains("192.0.2.7"));
        }
    }

    @Test
    void shouldBoundConnectionsToTheManagementPort() throws IOException {
        start(STANDARD.with(new Connections(100, 100, PLENTY, PLENTY, 2)));
        try (Socket first = connect(relay.managementPort());
                Socket second = connect(relay.managementPort());
                Socket third = connect(relay.managementPort())) {
            third.setSoTimeout((int) SocketUser.PATIENCE.toMillis());

            assertThat(third.getInputStream().read()).isEqualTo(-1);
            assertThat(
                            say(
                                    first,
                                    "GET /livez HTTP/1.1\r\n"
                                            + "Host: localhost\r\n"
                                            + "Connection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(second.isConnected()).isTrue();
        }
    }

    private void start(LimitOptions limits) {
        relay = TestRelay.of(Actors.A).start(dir, options -> options.with(limits));
    }

    private static Connections connections(int perAddress) {
        return new Connections(100, perAddress, PLENTY, PLENTY, 16);
    }

    private String say(String request) throws IOException {
        try (Socket socket = connect(relay.port())) {
            return say(socket, request);
        }
    }

    private static String say(Socket socket, String request) throws IOException {
        write(socket, request);
        socket.setSoTimeout((int) SocketUser.PATIENCE.toMillis());
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }
}
