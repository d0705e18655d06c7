package io.socp.relay.client;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.e2e.Texts;
import io.socp.relay.client.session.HelloSource;
import io.socp.relay.client.session.Session;
import io.socp.relay.client.session.SessionEnd;
import io.socp.relay.client.session.SessionListener;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.ownership.ThreadSafe;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One user's connection to a relay. Thread-safe: every call returns at once, and everything a
 * client knows is confined to its own serial queue.
 *
 * <p>Futures fail with {@link SocpException} and complete on the client's queue. Messages to one
 * user, and public messages, leave in the order of the calls; events come in the order of the
 * frames. Nothing is kept while the connection is down: after {@link ClientEvent.Closed} a new
 * client is needed.
 */
@ThreadSafe
public final class SocpClient implements AutoCloseable {

    /** Calls that may be waiting at a time. */
    static final int CALLS_MAX = 1_024;

    private final ClientIdentity self;
    private final ClientOptions options;
    private final ClientListener listener;

    /** How long the welcome of a server that must send one may take. */
    private static final int WELCOME_PATIENCE_SECONDS = 20;

    /** Frames kept until then. */
    private static final int EARLY_MAX = 256;

    private final SerialQueue queue = new SerialQueue(CryptoPool.shared());
    private final AtomicInteger callsWaiting = new AtomicInteger();
    private final CompletableFuture<SocpClient> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Set once, on the queue, before anything can come from it. */
    private volatile @Nullable Session session;

    /** Confined to the queue; there from the moment a session is. */
    private @Nullable Conversation conversation;

    private SocpClient(ClientIdentity self, ClientOptions options, ClientListener listener) {
        this.self = self;
        this.options = options;
        this.listener = listener;
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
        Session open = session;
        if (open != null) {
            open.close("closed by this client");
        }
    }

    /** Completes after {@link ClientEvent.Closed} was told. */
    public CompletableFuture<Void> closed() {
        return ended.copy();
    }

    private void open() {
        Optional<SocpException> refusal =
                ServerPins.plainRefusal(options.session(), self.pinnedKeys());
        if (refusal.isPresent()) {
            ready.completeExceptionally(refusal.get());
            ended.complete(null);
            return;
        }
        Sealer sealer = new Sealer(self.user(), self.key());
        QueuedListener events = new QueuedListener(queue, new OnQueue());
        Session opened =
                Session.open(
                        ServerPins.applied(options.session(), self.pinnedKeys()),
                        hello(sealer),
                        events);
        events.throttle(opened::setReading);
        session = opened;
        conversation =
                new Conversation(
                        self, options, sealer, opened, listener::onEvent, new Turns(queue));
    }

    /** Without TLS there is nothing to wait for: it is signed while the connection is made. */
    private HelloSource hello(Sealer sealer) {
        if (options.session().isOverTls()) {
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
                        body.apply(conversation())
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

    private Conversation conversation() {
        if (conversation == null) {
            throw new IllegalStateException("not connected yet");
        }
        return conversation;
    }

    /** What the session tells, by now on the queue. */
    private final class OnQueue implements SessionListener {

        /** Whether {@link ClientEvent.Ready} was told. */
        private boolean isReady;

        /** Came before the welcome of a server that must send one; null where none is awaited. */
        private @Nullable List<Envelope> early;

        /** The server is not taken, whatever it still sends. */
        private boolean isRefused;

        /** What TLS has shown; pinned when nothing that the server says is against it. */
        private @Nullable RsaPublicKey proven;

        @Override
        public void onSecured(RsaPublicKey key) {
            proven = key;
            conversation().onSecured(key);
        }

        @Override
        public void onAccepted(@Nullable Envelope first) {
            boolean isWelcome =
                    first != null && first.type().equals(MessageType.USER_WELCOME.name());
            if (!isWelcome && ServerPins.wantsWelcome(options.session(), self.pinnedKeys())) {
                // What it has for us may overtake its welcome, which costs it a signature.
                early = new ArrayList<>();
                if (first != null) {
                    early.add(first);
                }
                CompletableFuture.delayedExecutor(WELCOME_PATIENCE_SECONDS, TimeUnit.SECONDS, queue)
                        .execute(this::onWelcomeMissing);
                return;
            }
            if (first != null && isWelcome) {
                conversation().onEnvelope(first);
                if (conversation().server() == null) {
                    String detail = "the server's welcome does not hold under its own key";
                    refuse(new SocpException(ClientErrorCode.INVALID_SIG, detail));
                    return;
                }
            }
            Optional<SocpException> refusal =
                    ServerPins.welcomeRefusal(
                            options.session(), self.pinnedKeys(), conversation().frames());
            if (refusal.isPresent()) {
                refuse(refusal.get());
                return;
            }
            pin();
            isReady = true;
            listener.onEvent(new ClientEvent.Ready(self.user(), conversation().server()));
            ready.complete(SocpClient.this);
            if (first != null && !isWelcome) {
                conversation().onEnvelope(first);
            }
        }

        private void refuse(SocpException why) {
            isRefused = true;
            ready.completeExceptionally(why);
            close();
        }

        private void onWelcomeMissing() {
            if (early != null) {
                early = null;
                String detail = "the server's welcome did not come";
                refuse(new SocpException(ClientErrorCode.CONNECT_FAILED, detail));
            }
        }

        /** The welcome first, whatever came before it. */
        private void beforeWelcome(Envelope envelope, List<Envelope> held) {
            if (envelope.type().equals(MessageType.USER_WELCOME.name())) {
                early = null;
                onAccepted(envelope);
                held.forEach(this::onEnvelope);
            } else if (held.size() < EARLY_MAX) {
                held.add(envelope);
            } else {
                onWelcomeMissing();
            }
        }

        private void pin() {
            if (proven != null) {
                ServerPins.remember(options.session(), self.pinnedKeys(), proven)
                        .ifPresent(listener::onEvent);
            }
            if (conversation().frames() == FrameProof.LINK) {
                ServerPins.rememberFrames(options.session(), self.pinnedKeys())
                        .ifPresent(listener::onEvent);
            }
        }

        @Override
        public void onEnvelope(Envelope envelope) {
            List<Envelope> held = early;
            if (held != null) {
                beforeWelcome(envelope, held);
            } else if (!isRefused) {
                conversation().onEnvelope(envelope);
            }
        }

        @Override
        public void onUnreadableFrame(String detail) {
            listener.onEvent(
                    new ClientEvent.ClientError(
                            ClientErrorCode.BAD_FRAME, "a frame cannot be read: " + detail));
        }

        @Override
        public void onEnd(SessionEnd end) {
            SocpException cause = SocpException.of(end);
            conversation().onEnd(cause);
            ready.completeExceptionally(cause);
            if (isReady) {
                listener.onEvent(new ClientEvent.Closed(end.reason()));
            }
            ended.complete(null);
        }
    }
}
