package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.wire.HandlerNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pipeline of a connection we dial. */
@ExtendWith(LeakCheck.class)
class PeerChannelTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ScriptedPort port = new ScriptedPort();
    private final List<LinkId> opened = new ArrayList<>();
    private FarEnd end;

    @AfterEach
    void finish() {
        end.finish();
    }

    @ParameterizedTest
    @CsvSource({
        "relay.example, 8765, relay.example:8765",
        "relay_b, 8765, relay_b:8765",
        "a|b, 1, a|b:1",
        "::1, 80, [::1]:80"
    })
    void shouldAskForAnUpgradeWhateverTheHostIsCalled(String host, int at, String header) {
        dial(new HostPort(host, at));

        String request = end.readHttp();

        assertThat(request)
                .startsWith("GET / HTTP/1.1\r\n")
                .containsIgnoringCase("host: " + header);
    }

    @Test
    void shouldTellOfTheLinkOnceTheHandshakeIsComplete() throws Exception {
        dial(new HostPort("relay.example", 8765));
        String request = end.readHttp();
        List<LinkId> before = List.copyOf(opened);

        end.http(accepting(request));

        assertThat(before).isEmpty();
        assertThat(opened).containsExactly(port.inbox().link().id());
        assertThat(port.inbox().link().identity()).isEqualTo(new LinkIdentity.Introducer(null));
    }

    @Test
    void shouldCloseWhenTheOtherEndIsNoWebSocketServer() {
        dial(new HostPort("relay.example", 8765));

        end.http("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

        assertThat(opened).isEmpty();
        assertThat(end.server().isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "400 Bad Request, this port speaks TLS alone: use wss://, true",
        "400 Bad Request, Client sent an HTTP request to an HTTPS server., true",
        "400 Bad Request, The plain HTTP request was sent to HTTPS port, true",
        "400 Bad Request, no such room, false",
        "503 Service Unavailable, see https://status.example, false",
    })
    void shouldReadWhyItIsRefusedWithoutTls(String status, String text, boolean isForTls) {
        List<String> reasons = new ArrayList<>();
        end =
                new FarEnd(
                        new PeerChannelInitializer(
                                port.factory(),
                                new HostPort("relay.example", 8765),
                                TIMEOUT,
                                opened::add,
                                (pipeline, _) ->
                                        pipeline.addAfter(
                                                HandlerNames.HTTP_AGGREGATOR,
                                                HandlerNames.PLAIN_REFUSED,
                                                new PlainRefusedHandler(reasons::add))));

        end.http(
                "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(status, text.length(), text));

        assertThat(reasons).isEqualTo(isForTls ? List.of(PlainRefusedHandler.HINT) : List.of());
        assertThat(end.server().isOpen()).isFalse();
    }

    @Test
    void shouldCloseWhenTheHandshakeIsNotAnswered() {
        dial(new HostPort("relay.example", 8765));

        end.advance(TIMEOUT);

        assertThat(opened).isEmpty();
        assertThat(end.server().isOpen()).isFalse();
        assertThat(port.inbox().silences()).isEmpty();
    }

    private void dial(HostPort address) {
        end = new FarEnd(new PeerChannelInitializer(port.factory(), address, TIMEOUT, opened::add));
    }

    /** What a server answers to this request (RFC 6455 §4.2.2). */
    private static String accepting(String request) throws Exception {
        String key =
                request.lines()
                        .filter(line ->
                                line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElseThrow();
        byte[] digest =
                MessageDigest.getInstance("SHA-1")
                        .digest(
                                (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                        .getBytes(StandardCharsets.US_ASCII));
        return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: "
                + Base64.getEncoder().encodeToString(digest)
                + "\r\n\r\n";
    }
}
