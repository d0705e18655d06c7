package io.socp.relay.client;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.session.Session;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SessionMessage.UserWelcome;
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
    private final Session session;
    private @Nullable SocpException end;

    /**
     * @param timer runs a task on the queue when the patience for an answer is over
     */
    Conversation(
            ClientIdentity self,
            Sealer sealer,
            SendClock clock,
            Session session,
            Consumer<ClientEvent> events,
            Consumer<Runnable> timer) {
        SignatureVerifier verifier = new SignatureVerifier();
        this.self = self.user();
        this.events = events;
        this.session = session;
        home = new HomeServer(verifier);
        directory = new Directory(self, events);
        keys = new KeyBook(self, directory, events);
        lookup = new KeyLookup(directory, keys::pinnedKeyOf, this::askForKey, timer);
        userList = new UserList(after -> ask(new ListRequest(after)), timer);
        inbox = new Inbox(self, verifier, home, directory, keys, events);
        outbox = new Outbox(self.user(), sealer, clock, session);
    }

    CompletableFuture<Sent> sendDirect(UserId to, String text) {
        return whileOpen()
                .thenCompose(_ -> lookup.find(to))
                .thenCompose(offered -> {
                    RsaPublicKey key = keyForSending(to, offered);
                    keys.onSending(to, key);
                    return outbox.direct(to, key, text);
                });
    }

    CompletableFuture<Sent> sendPublic(String text) {
        return whileOpen().thenCompose(_ -> outbox.toEveryone(text));
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
                    ask(new PubkeyRequest(self));
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
    }

    /** Null until the server has said who it is. */
    @Nullable ServerId server() {
        return home.id();
    }

    @Override
    public void onWelcome(UserWelcome welcome, Envelope envelope) {
        if (!home.onWelcome(welcome, envelope)) {
            String detail = "the server's welcome is not signed with the key it names";
            events.accept(new ClientEvent.ClientError(ClientErrorCode.INVALID_SIG, detail));
            session.close(detail);
        }
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
        Failures.finish(outbox.query(query));
    }
}
