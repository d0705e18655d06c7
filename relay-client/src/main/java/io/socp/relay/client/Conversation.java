package io.socp.relay.client;

import io.socp.relay.client.OutgoingFiles.Order;
import io.socp.relay.client.e2e.Addressee;
import io.socp.relay.client.e2e.FileReceipt;
import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.session.Priority;
import io.socp.relay.client.session.Session;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SessionMessage.UserWelcome;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything one client knows during one session, and what it does with it. Confined to the
 * client's queue; {@link SocpClient} is the door to it.
 */
final class Conversation implements Inbox.Answers {

    private final UserId self;
    private final Consumer<ClientEvent> events;
    private final HomeServer home;
    private final Directory directory;
    private final KeyBook keys;
    private final KeyLookup lookup;
    private final UserList userList;
    private final Barrier barrier = new Barrier();
    private final Inbox inbox;
    private final Outbox outbox;
    private final PublicChannel channel;
    private final FileDesk incomingFiles;
    private final OutgoingFiles outgoingFiles;
    private final Layouts layouts;
    private final boolean isHybrid;
    private final Session session;
    private final Kept kept;
    private @Nullable SocpException end;

    /** What a client keeps over its connections. */
    record Kept(SendClock clock, Shown shown, Unconfirmed unconfirmed, Returning returning) {}

    Conversation(
            ClientIdentity self,
            ClientOptions options,
            Sealer sealer,
            Session session,
            Consumer<ClientEvent> events,
            Turns turns,
            Kept kept) {
        this.kept = kept;
        SignatureVerifier verifier = new SignatureVerifier();
        Consumer<Runnable> timer = task -> turns.after(options.answerTimeout(), task);
        this.self = self.user();
        this.events = events;
        this.session = session;
        isHybrid = options.isHybrid();
        home = new HomeServer(verifier);
        directory = new Directory(self, events);
        layouts = new Layouts(directory);
        keys = new KeyBook(self, directory, events);
        lookup = new KeyLookup(directory, keys::pinnedKeyOf, this::askForKey, timer);
        userList = new UserList(after -> ask(new ListRequest(after)), timer);
        inbox =
                new Inbox(
                        self,
                        new Inbox.Knowledge(verifier, home, directory, keys, layouts, kept.shown()),
                        new PublicReader(self, verifier, keys, events, turns),
                        events);
        outbox = new Outbox(self.user(), sealer, kept.clock(), session, home, kept.unconfirmed());
        channel = new PublicChannel(outbox, home, directory, keys, userList::fetch, isHybrid);
        incomingFiles =
                new FileDesk(
                        self,
                        new FileDesk.Needs(
                                keys, verifier, options, turns, this::sendReceipt, events));
        outgoingFiles =
                new OutgoingFiles(
                        new OutgoingFiles.Desk(
                                outbox, turns, options.ticker(), this::settled, events));
    }

    CompletableFuture<Sent> sendDirect(UserId to, String text) {
        return addressee(to)
                .thenCompose(reader -> {
                    outgoingFiles.onSending(to);
                    return outbox.direct(reader, text);
                });
    }

    CompletableFuture<Sent> sendPublic(String text) {
        return whileOpen().thenCompose(_ -> channel.send(text));
    }

    CompletableFuture<Sent> sendFile(UserId to, Path file) {
        return addressee(to).thenCompose(reader -> sendFile(new Order(to.value(), reader, file)));
    }

    CompletableFuture<Sent> sendPublicFile(Path file) {
        return whileOpen().thenCompose(_ -> sendFile(new Order(Outbox.PUBLIC, null, file)));
    }

    private CompletableFuture<Sent> sendFile(Order order) {
        return outbox.sentFile(order.to(), outgoingFiles.send(order));
    }

    /** The reader's key, pinned from here on, and what the reader's client understands. */
    private CompletableFuture<Addressee> addressee(UserId to) {
        return whileOpen()
                .thenCompose(_ -> lookup.find(to))
                .thenApply(offered -> {
                    RsaPublicKey key = keyForSending(to, offered);
                    keys.onContact(to, key);
                    Advertised said = directory.of(to);
                    boolean isOurs = isHybrid && said != null && said.isHybrid();
                    return new Addressee(to, key, layouts.of(to), isOurs);
                });
    }

    CompletableFuture<List<OnlineUser>> list() {
        return whileOpen()
                .thenCompose(_ ->
                        home.answersLists()
                                ? userList.fetch().thenApply(directory::named)
                                : CompletableFuture.completedFuture(directory.online()));
    }

    CompletableFuture<RsaPublicKey> keyOf(UserId user) {
        return whileOpen()
                .thenCompose(_ -> lookup.find(user))
                .thenApply(offered -> keyForSending(user, offered));
    }

    CompletableFuture<Void> settled() {
        return whileOpen()
                .thenCompose(_ -> {
                    if (!home.answersKeys()) {
                        return session.ping();
                    }
                    CompletableFuture<Void> passed = barrier.await();
                    Failures.finish(outbox.query(new PubkeyRequest(self), Priority.FILE));
                    return passed;
                });
    }

    void onEnvelope(Envelope envelope) {
        inbox.onEnvelope(envelope, this);
    }

    void onEnd(SocpException cause) {
        end = cause;
        lookup.onEnd(cause);
        userList.onEnd(cause);
        barrier.onEnd(cause);
        outgoingFiles.onEnd(cause);
        incomingFiles.onEnd();
    }

    /** The server has taken the hello: what was left by an earlier connection goes first. */
    void onReady() {
        kept.returning().onReady();
        kept.unconfirmed().onReady(session);
    }

    /** The TLS handshake has proven the server's key. */
    void onSecured(RsaPublicKey key) {
        home.onSecured(key);
    }

    /** Null until the server has said who it is. */
    @Nullable ServerId server() {
        return home.id();
    }

    /** What proves frames on this connection, as far as the server has said. */
    FrameProof frames() {
        return home.frames();
    }

    @Override
    public void onWelcome(UserWelcome welcome, Envelope envelope) {
        if (!home.onWelcome(welcome, envelope)) {
            String detail =
                    "the server's welcome is not signed with the key it names, or TLS proves"
                            + " another";
            events.accept(new ClientEvent.ClientError(ClientErrorCode.INVALID_SIG, detail));
            session.close(detail);
        }
    }

    @Override
    public void onGoodbye(long retryMs) {
        kept.returning().onGoodbye(retryMs);
        kept.unconfirmed().onGoodbye(session);
    }

    @Override
    public void onKeyOffered(UserId user, RsaPublicKey key) {
        keys.onOffered(user, key);
        lookup.onAdvertised(user, key);
    }

    @Override
    public void onListResponse(ListResponse page) {
        userList.onResponse(page);
    }

    @Override
    public void onPubkeyResponse(PubkeyResponse response) {
        if (response.user().equals(self)) {
            barrier.onAnswer();
        } else {
            lookup.onResponse(response);
        }
    }

    @Override
    public void onUserLeft(UserId user) {
        channel.onUserLeft(user);
        outgoingFiles.onUserLeft(user);
        incomingFiles.onUserLeft(user);
    }

    @Override
    public void onServerError(ErrorNotice error) {
        if (!outgoingFiles.onServerError(error)) {
            events.accept(new ClientEvent.ServerError(error.code(), error.detail()));
        }
    }

    @Override
    public void onReceipt(UserId reader, FileReceipt receipt) {
        outgoingFiles.onReceipt(reader, receipt);
    }

    private void sendReceipt(UserId to, FileReceipt receipt) {
        RsaPublicKey key = keys.forReading(to);
        if (key != null && end == null) {
            outgoingFiles.onSendingReceipt(to);
            Failures.finish(outbox.receipt(new Addressee(to, key, layouts.of(to), true), receipt));
        }
    }

    @Override
    public void onFilePart(FilePart part, Envelope envelope) {
        incomingFiles.onPart(part, envelope);
    }

    @Override
    public void onUnreadableFilePart(Envelope envelope, String detail) {
        incomingFiles.onUnreadable(envelope, detail);
    }

    private CompletableFuture<Void> whileOpen() {
        return end == null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(end);
    }

    private RsaPublicKey keyForSending(UserId to, RsaPublicKey offered) {
        try {
            return keys.forSending(to, offered);
        } catch (SocpException changed) {
            throw new CompletionException(changed);
        }
    }

    private void askForKey(UserId user) {
        if (home.answersKeys()) {
            ask(new PubkeyRequest(user));
        }
    }

    /** A question that does not get through is one that is not answered: its timeout tells. */
    private void ask(QueryMessage query) {
        Failures.finish(outbox.query(query, Priority.CONTROL));
    }
}
