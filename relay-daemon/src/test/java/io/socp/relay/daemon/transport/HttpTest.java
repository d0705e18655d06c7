package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.limit.Refusal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class HttpTest {

    private final OperatorLog log = new OperatorLog();
    private ScriptedPort port = new ScriptedPort();

    @AfterEach
    void finish() {
        port.finish();
        log.close();
        assertThat(log.lines())
                .as("what others do is no bug of ours")
                .noneMatch(line -> line.startsWith("ERROR"));
    }

    @Test
    void shouldAnswerGetRootWithTheDocumentAndClose() {
        FarEnd end = port.connect();

        String answer = end.http("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .contains("content-type: application/json")
                .endsWith(ScriptedPort.DOCUMENT);
        assertThat(end.server().isOpen()).isFalse();
        assertThat(port.inbox().isClosed()).isTrue();
    }

    @Test
    void shouldIgnoreTheQueryOfTheRootPath() {
        String answer = port.connect().http("GET /?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldNotKnowAnyOtherPath() {
        String answer = port.connect().http("GET /admin HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "DELETE"})
    void shouldRefuseOtherMethodsOnTheRootPath(String method) {
        String answer =
                port.connect().http(method + " / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 405 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002\u0000 a TLS hello\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "GET /\r\n\r\n",
                "GET / HTTP/1.1\r\nbad header\u0000: x\r\n\r\n"
            })
    void shouldAnswerGarbageWithBadRequestAndClose(String garbage) {
        FarEnd end = port.connect();

        String answer = end.http(garbage);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(end.server().isOpen()).isFalse();
    }

    @Test
    void shouldRefuseARequestLargerThanAnyUpgrade() {
        FarEnd end = port.connect();

        String answer = end.http("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void shouldRefuseAnUpgradeWithoutAKey() {
        FarEnd end = port.connect();

        String answer =
                end.http(
                        """
                        GET / HTTP/1.1\r
                        Host: x\r
                        Connection: Upgrade\r
                        Upgrade: websocket\r
                        Sec-WebSocket-Version: 13\r
                        \r
                        """);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(end.server().isOpen()).isFalse();
    }

    @Test
    void shouldUpgradeOnAnyPath() {
        String answer =
                port.connect()
                        .http(
                                """
                                GET /any/path HTTP/1.1\r
                                Host: x\r
                                Connection: keep-alive, Upgrade\r
                                Upgrade: WebSocket\r
                                Sec-WebSocket-Version: 13\r
                                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                                \r
                                """);

        assertThat(answer).startsWith("HTTP/1.1 101 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n"})
    void shouldCloseAConnectionThatNeverFinishesItsRequest(String begun) {
        FarEnd end = port.connect();
        end.http(begun);

        end.advance(ScriptedPort.FIRST_FRAME_TIMEOUT);

        assertThat(end.readHttp()).isEmpty();
        assertThat(end.server().isOpen()).isFalse();
        // There is nobody an ERROR could be sent to, so none is signed.
        assertThat(port.inbox().silences()).isEmpty();
    }

    @Test
    void shouldMindNoneThatGoesInTheMiddleOfARequest() {
        FarEnd end = port.connect();
        end.http("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");

        end.vanish();

        assertThat(port.inbox().isClosed()).isTrue();
    }

    @Test
    void shouldTakeConnectionsUpToTheLimitAndRefuseTheNext() {
        port = new ScriptedPort(2);
        List<FarEnd> within = List.of(port.connect(), port.connect());

        FarEnd beyond = port.connect();

        assertThat(within).allSatisfy(end -> assertThat(end.upgrade().server().isOpen()).isTrue());
        assertThat(beyond.readHttp()).startsWith("HTTP/1.1 503 ");
        assertThat(beyond.server().isOpen()).isFalse();
        assertThat(port.door().refused(Refusal.FULL)).isEqualTo(1);
    }

    @Test
    void shouldTakeAnotherConnectionWhenOneIsGone() {
        port = new ScriptedPort(1);
        FarEnd first = port.connect();
        port.connect();
        first.vanish();

        FarEnd next = port.connect();

        assertThat(next.upgrade().server().isOpen()).isTrue();
        assertThat(port.registry().all()).hasSize(1);
    }
}
