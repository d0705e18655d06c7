package io.socp.relay.client;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.e2e.Texts;
import io.socp.relay.client.session.HelloSource;
import io.socp.relay.client.session.Session;
import io.socp.relay.client.session.SessionEnd;
import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.ownership.ThreadSafe;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One user's connection to a relay. Thread-safe: every call returns at once, and everything a
 * client knows is confined to its own serial queue.
 *
 * <p>Futures fail with {@link SocpException} and complete on the client's queue. Messages to one
 * user, and public messages, leave in the order of the calls; events come in the order of the
 * frames. Where {@link ReturnOptions} say so, a lost connection is made anew: calls wait for it,
 * and messages that the last server may not have dealt with go again. Otherwise, and after {@link
 * ClientEvent.Closed}, a new client is needed.
 */
@ThreadSafe
public final class SocpClient implements AutoCloseable {

    /** Calls that may be waiting at a time. */
    static final int CALLS_MAX = 1_024;

    private static final String CLOSED_HERE = "closed by this client";

    private final ClientIdentity self;
    private final ClientOptions options;
    private final ClientListener listener;

    private final SerialQueue queue = new SerialQueue(CryptoPool.shared());
    private final AtomicInteger callsWaiting = new AtomicInteger();
    private final CompletableFuture<SocpClient> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Set once, on the queue, before anything can come from it. */
    private volatile @Nullable Session session;

    /** Confined to the queue; there from the moment a session is. */
    private @Nullable Conversation conversation;

    /** What follows is confined to the queue as well: the next conversation that is ready. */
    private CompletableFuture<Conversation> online = new CompletableFuture<>();

    private final Conversation.Kept kept;

    /** Whether {@link ClientEvent.Ready} was told, of any connection. */
    private boolean wasReady;

    /** Whether there is no connection, and another try is to come. */
    private boolean isPausing;

    /** Whether the end is wanted. */
    private volatile boolean isClosed;

    private SocpClient(ClientIdentity self, ClientOptions options, ClientListener listener) {
        this.self = self;
        this.options = options;
        this.listener = listener;
        Returning returning =
                new Returning(
                        options.session().server(),
                        options.returns(),
                        new SplittableRandom(System.nanoTime()));
        this.kept =
                new Conversation.Kept(
                        new SendClock(options.ticker()),
                        new Shown(),
                        new Unconfirmed(
                                returning.isWanted(),
                                new Turns(queue),
                                options.ticker(),
                                listener::onEvent),
                        returning);
    }

    /** Connects with the usual patience. */
    public static CompletableFuture<SocpClient> connect(
            URI server, ClientIdentity self, ClientListener listener) {
        return connect(self, ClientOptions.to(server), listener);
    }

    /**
     * Connects and says hello. Completes when the server has taken the hello, just after {@link
     * ClientEvent.Ready}; fails with the server's code and detail where it refuses, or with {@code
     * CONNECT_FAILED}, and then {@link ClientEvent.Closed} does not come.
     */
    public static CompletableFuture<SocpClient> connect(
            ClientIdentity self, ClientOptions options, ClientListener listener) {
        SocpClient client = new SocpClient(self, options, listener);
        client.queue.execute(client::open);
        return client.ready;
    }

    public UserId user() {
        return self.user();
    }

    /**
     * Encrypts and sends to one user, as soon as the user's key is known; fails with {@code
     * USER_NOT_FOUND} when it does not become known, with {@code KEY_CHANGED}, or with {@code
     * TEXT_TOO_LONG}. To strangers a long text goes in several messages.
     */
    public CompletableFuture<Sent> sendDirect(UserId to, String text) {
        int bytes = Texts.utf8Bytes(text);
        return bytes > Sealer.LONG_TEXT_BYTES_MAX
                ? tooLong("a direct message", bytes, Sealer.LONG_TEXT_BYTES_MAX)
                : call(open -> open.sendDirect(to, text));
    }

    /** Sends to everyone; fails with {@code TEXT_TOO_LONG}. */
    public CompletableFuture<Sent> sendPublic(String text) {
        int bytes = Texts.utf8Bytes(text);
        return bytes > Sealer.PUBLIC_BYTES_MAX
                ? tooLong("a public message", bytes, Sealer.PUBLIC_BYTES_MAX)
                : call(open -> open.sendPublic(text));
    }

    /**
     * Sends a file to one user; fails as {@link #sendDirect} does, with {@code FILE_FAILED}, or
     * with {@code USER_NOT_FOUND} when the user leaves meanwhile. {@link FileProgress} tells how
     * far it is.
     */
    public CompletableFuture<Sent> sendFile(UserId to, Path file) {
        return call(open -> open.sendFile(to, file));
    }

    /** Sends a file to everyone, readable by every relay. */
    public CompletableFuture<Sent> sendPublicFile(Path file) {
        return call(open -> open.sendPublicFile(file));
    }

    /** Everyone online, this user included, sorted by id; fails with {@code TIMEOUT}. */
    public CompletableFuture<List<OnlineUser>> list() {
        return call(Conversation::list);
    }

    /**
     * The key that messages to this user are encrypted under; fails as {@link #sendDirect} does.
     */
    public CompletableFuture<RsaPublicKey> keyOf(UserId user) {
        return call(open -> open.keyOf(user));
    }

    /**
     * Completes when the server has dealt with everything sent before, as far as it lets a client
     * know: our own relay answers in order, of others only the arrival of the bytes is known.
     */
    public CompletableFuture<Void> settled() {
        return call(Conversation::settled);
    }

    /** Says goodbye and closes; {@link ClientEvent.Closed} follows. Never blocks. */
    @Override
    public void close() {
        isClosed = true;
        closeSession();
        queue.execute(() -> {
            if (isPausing) {
                end(new SessionEnd.ClosedHere(CLOSED_HERE));
            } else {
                // It may have been opened this moment.
                closeSession();
            }
        });
    }

    private void closeSession() {
        Session open = session;
        if (open != null) {
            open.close(CLOSED_HERE);
        }
    }

    /** Completes after {@link ClientEvent.Closed} was told. */
    public CompletableFuture<Void> closed() {
        return ended.copy();
    }

    /** Where this client is, or tries to be. */
    SessionOptions place() {
        return options.session().at(kept.returning().server());
    }

    private void open() {
        isPausing = false;
        if (ended.isDone()) {
            return;
        }
        Optional<SocpException> refusal = ServerPins.plainRefusal(place(), self.pinnedKeys());
        if (refusal.isPresent()) {
            finish(refusal.get(), refusal.get().detail());
            return;
        }
        Sealer sealer = new Sealer(self.user(), self.key());
        QueuedListener events = new QueuedListener(queue, new SessionEvents(this));
        Session opened =
                Session.open(ServerPins.applied(place(), self.pinnedKeys()), hello(sealer), events);
        events.throttle(opened::setReading);
        session = opened;
        conversation =
                new Conversation(
                        self, options, sealer, opened, listener::onEvent, new Turns(queue), kept);
    }

    PinnedKeys pins() {
        return self.pinnedKeys();
    }

    void tell(ClientEvent event) {
        listener.onEvent(event);
    }

    /** The server has taken the hello, and is taken itself. */
    void onReady() {
        wasReady = true;
        tell(new ClientEvent.Ready(self.user(), conversation().server()));
        conversation().onReady();
        online.complete(conversation());
        ready.complete(this);
    }

    /** The server is not taken. */
    void refuse(SocpException why) {
        ready.completeExceptionally(why);
        close();
    }

    /** Runs the task on the queue after that time. */
    void after(Duration delay, Runnable task) {
        new Turns(queue).after(delay, task);
    }

    /** A connection has ended: for good, or for a while. */
    void end(SessionEnd end) {
        Optional<Returning.Next> next =
                wasReady && !isClosed ? kept.returning().after(end) : Optional.empty();
        if (next.isEmpty()) {
            finish(SocpException.of(end), end.reason());
            return;
        }
        kept.unconfirmed().onLost();
        if (online.isDone()) {
            online = new CompletableFuture<>();
        }
        isPausing = true;
        Duration pause = next.get().pause();
        listener.onEvent(
                new ClientEvent.Reconnecting(end.reason(), next.get().server(), pause.toMillis()));
        after(pause, this::open);
    }

    private void finish(SocpException cause, String reason) {
        if (ended.isDone()) {
            return;
        }
        isPausing = false;
        kept.unconfirmed().onEnd(cause);
        if (online.isDone()) {
            online = new CompletableFuture<>();
        }
        online.completeExceptionally(cause);
        ready.completeExceptionally(cause);
        if (wasReady) {
            listener.onEvent(new ClientEvent.Closed(reason));
        }
        ended.complete(null);
    }

    /** Without TLS there is nothing to wait for: it is signed while the connection is made. */
    private HelloSource hello(Sealer sealer) {
        if (place().isOverTls()) {
            return challenge ->
                    CompletableFuture.supplyAsync(
                            () -> stamped(SignedHello.of(hello(challenge), sealer)),
                            CryptoPool.shared());
        }
        SignedHello signed = SignedHello.of(hello((LinkChallenge) null), sealer);
        return _ -> CompletableFuture.completedFuture(stamped(signed));
    }

    private Envelope stamped(SignedHello signed) {
        return signed.envelope(options.ticker().now().epochMs());
    }

    private UserHello hello(@Nullable LinkChallenge challenge) {
        RsaPublicKey key = self.key().publicKey();
        return new UserHello(
                self.user(),
                "socp-relay/" + ClientVersion.VERSION,
                key,
                key,
                self.displayName(),
                extensions(challenge));
    }

    /** What this client understands beyond the standard. */
    private JsonObject extensions(@Nullable LinkChallenge challenge) {
        JsonObject.Builder extensions = JsonObject.builder().put("v", 1);
        if (options.isHybrid()) {
            extensions.put("hybrid", 1);
        }
        if (kept.returning().isWanted()) {
            extensions.put("reconnect", true);
        }
        if (challenge != null) {
            extensions.put(LinkChallenge.FIELD, challenge.json());
        }
        return extensions.build();
    }

    /** Runs a call on the queue, unless too many wait already; its answer comes there too. */
    private <T> CompletableFuture<T> call(Function<Conversation, CompletableFuture<T>> body) {
        if (callsWaiting.incrementAndGet() > CALLS_MAX) {
            callsWaiting.decrementAndGet();
            String detail = CALLS_MAX + " calls are waiting already";
            return CompletableFuture.failedFuture(
                    new SocpException(ClientErrorCode.OVERLOADED, detail));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        queue.execute(() ->
                Failures.finish(
                        online.thenCompose(body)
                                .whenCompleteAsync(
                                        (value, failure) -> answer(answer, value, failure),
                                        queue)));
        return answer;
    }

    private <T> void answer(CompletableFuture<T> answer, T value, @Nullable Throwable failure) {
        callsWaiting.decrementAndGet();
        if (failure == null) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(Failures.named(failure));
        }
    }

    private static <T> CompletableFuture<T> tooLong(String what, int bytes, int bytesMax) {
        String detail = what + " holds " + bytesMax + " bytes of UTF-8, this text has " + bytes;
        return CompletableFuture.failedFuture(
                new SocpException(ClientErrorCode.TEXT_TOO_LONG, detail));
    }

    Conversation conversation() {
        if (conversation == null) {
            throw new IllegalStateException("not connected yet");
        }
        return conversation;
    }
}
