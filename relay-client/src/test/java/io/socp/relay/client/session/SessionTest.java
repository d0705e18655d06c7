package io.socp.relay.client.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Connection;
import io.socp.relay.client.testing.ScriptedServer;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The hello handshake and the ends of a session, over real sockets. */
@Timeout(60)
class SessionTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Envelope HELLO =
            Envelope.of(
                    "USER_HELLO",
                    Actors.ALICE.value(),
                    "*",
                    ServerFrames.TS,
                    Payload.of(JsonObject.builder().put("client", "test").build()),
                    "");

    private final ScriptedServer server = ScriptedServer.silent();
    private final Log log = new Log();

    /** What a session said, as text. */
    private static final class Log implements SessionListener {

        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        @Override
        public void onAccepted(@Nullable Envelope first) {
            lines.add("accepted by " + (first == null ? "silence" : first.type()));
        }

        @Override
        public void onEnvelope(Envelope envelope) {
            lines.add(envelope.type() + " " + envelope.ts());
        }

        @Override
        public void onUnreadableFrame(String detail) {
            lines.add("unreadable: " + detail);
        }

        @Override
        public void onEnd(SessionEnd end) {
            lines.add(end.getClass().getSimpleName() + ": " + end.reason());
        }

        String next() throws InterruptedException {
            return lines.poll(10, SECONDS);
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldSendTheHelloFirstOfAll() throws Exception {
        open(NEVER);

        assertThat(server.connection().next()).isEqualTo(HELLO);
    }

    @Test
    void shouldBeAcceptedByTheFirstFrameThatIsNoError() throws Exception {
        Connection connection = opened(NEVER);

        connection.send(ServerFrames.welcome(Actors.ALICE));

        assertThat(log.next()).isEqualTo("accepted by USER_WELCOME");
    }

    @Test
    void shouldBeAcceptedBySilence() throws Exception {
        opened(Duration.ofMillis(50));

        assertThat(log.next()).isEqualTo("accepted by silence");
    }

    @Test
    void shouldEndWithTheServersCodeWhenTheHelloIsRefused() throws Exception {
        Connection connection = opened(NEVER);

        connection.send(ServerFrames.error(Actors.ALICE, "NAME_IN_USE", "alice is here already"));
        connection.close(1008, "NAME_IN_USE");

        assertThat(log.next()).isEqualTo("HelloRefused: NAME_IN_USE: alice is here already");
    }

    @Test
    void shouldEndWhenTheHelloCannotBeMade() throws Exception {
        HelloSource broken =
                _ -> CompletableFuture.failedFuture(new IllegalStateException("no key"));

        Session.open(SessionOptions.to(server.uri()), broken, log);

        assertThat(log.next()).startsWith("NotConnected: ");
    }

    @Test
    void shouldEndWhenNobodyListens() throws Exception {
        URI nobody = server.uri();
        server.close();

        Session.open(SessionOptions.to(nobody), () -> HELLO, log);

        assertThat(log.next()).startsWith("NotConnected: cannot connect to " + nobody);
    }

    @Test
    void shouldEndWhenTheOtherEndIsNoWebSocketServer() throws Exception {
        URI noSuchPath = server.uri().resolve("/elsewhere");

        Session.open(
                new SessionOptions(
                        noSuchPath, Duration.ofSeconds(2), NEVER, SessionOptions.FRAME_BYTES_MAX),
                () -> HELLO,
                log);

        assertThat(log.next()).startsWith("NotConnected: cannot connect to " + noSuchPath);
    }

    @Test
    void shouldKeepTheOrderOfFrames() throws Exception {
        Connection connection = accepted();

        for (int ts = 1; ts <= 500; ts++) {
            connection.sendText(
                    "{\"type\":\"ACK\",\"from\":\"\",\"to\":\"\",\"ts\":"
                            + ts
                            + ",\"payload\":{}}");
        }

        for (int ts = 1; ts <= 500; ts++) {
            assertThat(log.next()).isEqualTo("ACK " + ts);
        }
    }

    @Test
    void shouldReportFramesThatAreNoEnvelopesAndGoOn() throws Exception {
        Connection connection = accepted();

        connection.sendText("{\"type\":");
        connection.sendText("[]");
        connection.sendBinary(new byte[] {1});
        connection.sendText("{\"type\":\"ACK\",\"from\":\"\",\"to\":\"\",\"ts\":7,\"payload\":{}}");

        assertThat(log.next()).startsWith("unreadable: not JSON");
        assertThat(log.next()).startsWith("unreadable: frame is not a JSON object");
        assertThat(log.next()).startsWith("unreadable: a binary message");
        assertThat(log.next()).isEqualTo("ACK 7");
    }

    @Test
    void shouldReadAFrameOfExactlyTheLimit() throws Exception {
        Connection connection = accepted();
        String frame = "{\"type\":\"ACK\",\"from\":\"\",\"to\":\"\",\"ts\":7,\"payload\":{}}";

        connection.sendText(frame + " ".repeat(SessionOptions.FRAME_BYTES_MAX - frame.length()));

        assertThat(log.next()).isEqualTo("ACK 7");
    }

    @Test
    void shouldEndWhenAFrameIsOneByteTooLong() throws Exception {
        Connection connection = accepted();

        connection.sendText(" ".repeat(SessionOptions.FRAME_BYTES_MAX + 1));

        assertThat(log.next()).isEqualTo("Lost: the server sent a frame of more than 262144 bytes");
    }

    @Test
    void shouldTellTheReasonOfTheServersClose() throws Exception {
        Connection connection = accepted();

        connection.close(1001, "going away");

        assertThat(log.next())
                .isEqualTo("Lost: the server closed the connection (1001): going away");
    }

    @Test
    void shouldEndWhenTheConnectionIsCut() throws Exception {
        Connection connection = accepted();

        connection.cut();

        assertThat(log.next()).startsWith("Lost: ");
    }

    @Test
    void shouldCloseWithAWord() throws Exception {
        Session session = open(NEVER);
        Connection connection = server.connection();
        connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE));
        log.next();

        session.close("done");

        assertThat(log.next()).isEqualTo("ClosedHere: done");
    }

    @Test
    void shouldKnowWhenTheServerHasSeenEverything() throws Exception {
        Session session = open(NEVER);
        Connection connection = server.connection();
        connection.next();
        connection.send(ServerFrames.welcome(Actors.ALICE));
        log.next();

        session.send(HELLO).get(10, SECONDS);
        session.ping().get(10, SECONDS);

        assertThat(connection.next()).isEqualTo(HELLO);
    }

    @Test
    void shouldRefuseAddressesThatAreNoWebSocketServers() {
        assertThatThrownBy(() -> SessionOptions.to(URI.create("http://127.0.0.1:8765")))
                .hasMessageContaining("ws://");
        assertThatThrownBy(() -> SessionOptions.to(URI.create("127.0.0.1")))
                .hasMessageContaining("ws://");
        assertThatThrownBy(() -> SessionOptions.to(URI.create("ws:///path")))
                .hasMessageContaining("no host");
    }

    private Session open(Duration silence) {
        return Session.open(SessionOptions.to(server.uri()).withSilence(silence), () -> HELLO, log);
    }

    private Connection opened(Duration silence) throws InterruptedException {
        open(silence);
        Connection connection = server.connection();
        connection.next();
        return connection;
    }

    private Connection accepted() throws InterruptedException {
        Connection connection = opened(NEVER);
        connection.send(ServerFrames.welcome(Actors.ALICE));
        log.next();
        return connection;
    }
}
