package io.socp.relay.daemon.testing;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * Someone at the other end of a real WebSocket: sends what the test says and keeps what comes.
 * Thread-safe for one test.
 */
public final class SocketUser implements AutoCloseable {

    /** Long enough for a busy machine; a test that passes never waits so long. */
    public static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Queue<Envelope> received = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    private SocketUser(int port, boolean reads) {
        this(HTTP, "ws", port, reads);
    }

    private SocketUser(HttpClient http, String scheme, int port, boolean reads) {
        socket =
                http.newWebSocketBuilder()
                        .connectTimeout(PATIENCE)
                        .buildAsync(
                                URI.create(scheme + "://127.0.0.1:" + port + "/"), new Ear(reads))
                        .join();
    }

    /** Connects over TLS, on the JDK's own terms. */
    public static SocketUser connect(HttpClient overTls, int port) {
        return new SocketUser(overTls, "wss", port, true);
    }

    /** Connects and says nothing. */
    public static SocketUser connect(int port) {
        return new SocketUser(port, true);
    }

    /** Connects, and never reads a byte of what comes. */
    public static SocketUser connectDeaf(int port) {
        return new SocketUser(port, false);
    }

    /** Connects and says hello, with the extensions, and waits for the welcome. */
    public static SocketUser hello(int port, Person person) {
        SocketUser user = connect(port);
        user.send(Envelopes.userHello(person).with("ext", JsonObject.EMPTY));
        user.await("USER_WELCOME");
        return user;
    }

    /** Sends the envelope with the time of now. */
    public SocketUser send(EnvelopeBuilder envelope) {
        return send(envelope.ts(System.currentTimeMillis()).build());
    }

    public SocketUser send(Envelope envelope) {
        return send(new String(envelope.bytes(), StandardCharsets.UTF_8));
    }

    public SocketUser send(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    /** All that came so far. */
    public List<Envelope> received() {
        return List.copyOf(received);
    }

    public List<Envelope> received(String type) {
        return received.stream().filter(e -> e.type().equals(type)).toList();
    }

    /** Waits for the first envelope of this type. */
    public Envelope await(String type) {
        return await(type, _ -> true);
    }

    /** Waits for the first envelope of this type that is as wanted. */
    public Envelope await(String type, Predicate<Envelope> wanted) {
        return Awaitility.await(type)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(
                        () -> received(type).stream().filter(wanted).findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Waits for presence news about this user. */
    public Envelope awaitNews(String type, Person about) {
        return await(type, e -> ScriptedEnd.text(e, "user_id").equals(about.id().value()));
    }

    /** Waits until an ERROR with this code has come; its detail. */
    public String awaitError(String code) {
        return ScriptedEnd.text(
                await("ERROR", e -> ScriptedEnd.text(e, "code").equals(code)), "detail");
    }

    /** Codes of the ERRORs that came. */
    public List<String> errors() {
        return received("ERROR").stream().map(e -> ScriptedEnd.text(e, "code")).toList();
    }

    /**
     * Proves that all sent before has been dealt with, since answers keep the order of questions.
     */
    public SocketUser settle(Person self) {
        int before = received("LIST_RESPONSE").size();
        send(Envelopes.listRequest(self));
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> received("LIST_RESPONSE").size() > before);
        return this;
    }

    /** Waits for the relay to close; its code. */
    public int awaitClose() {
        try {
            return closed.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("not closed", e);
        }
    }

    public boolean isOpen() {
        return !closed.isDone();
    }

    /** Says goodbye as WebSockets do. */
    public void leave() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").join();
    }

    /** Cuts the connection without a word. */
    @Override
    public void close() {
        socket.abort();
    }

    private final class Ear implements WebSocket.Listener {

        private final boolean reads;
        private final StringBuilder text = new StringBuilder();

        Ear(boolean reads) {
            this.reads = reads;
        }

        @Override
        public void onOpen(WebSocket opened) {
            if (reads) {
                opened.request(Long.MAX_VALUE);
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                received.add(
                        EnvelopeBuilder.decode(text.toString().getBytes(StandardCharsets.UTF_8)));
                text.setLength(0);
            }
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.complete(-1);
        }
    }
}
