package io.socp.relay.client;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds users' keys: advertised ones at once, others by asking the server and by waiting for the
 * user to appear. Confined to the client's queue.
 *
 * <p>Who waits for one user's key is served in the order of asking, so that messages to a user keep
 * their order. When the wait is over and the user is pinned, the pinned key is the answer: servers
 * that advertise nobody exist.
 */
final class KeyLookup {

    private final Directory directory;
    private final Function<UserId, @Nullable RsaPublicKey> pinnedKeys;
    private final Consumer<UserId> asker;
    private final Consumer<Runnable> timer;
    private final Map<UserId, Queue<CompletableFuture<RsaPublicKey>>> waitingByUser =
            new HashMap<>();

    /**
     * @param asker asks the server, where it can be asked
     * @param timer runs a task on the queue when the patience for an answer is over
     */
    KeyLookup(
            Directory directory,
            Function<UserId, @Nullable RsaPublicKey> pinnedKeys,
            Consumer<UserId> asker,
            Consumer<Runnable> timer) {
        this.directory = directory;
        this.pinnedKeys = pinnedKeys;
        this.asker = asker;
        this.timer = timer;
    }

    /** The key the user's server offers; fails with {@code USER_NOT_FOUND}. */
    CompletableFuture<RsaPublicKey> find(UserId user) {
        RsaPublicKey known = directory.keyOf(user);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        CompletableFuture<RsaPublicKey> found = new CompletableFuture<>();
        Queue<CompletableFuture<RsaPublicKey>> waiting = waitingByUser.get(user);
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            waitingByUser.put(user, waiting);
            Queue<CompletableFuture<RsaPublicKey>> search = waiting;
            timer.accept(() -> onPatienceOver(user, search));
            asker.accept(user);
        }
        waiting.add(found);
        return found;
    }

    void onAdvertised(UserId user, RsaPublicKey key) {
        Queue<CompletableFuture<RsaPublicKey>> waiting = waitingByUser.remove(user);
        if (waiting != null) {
            waiting.forEach(found -> found.complete(key));
        }
    }

    /** An empty key says that the server does not know the user, who may still appear. */
    void onResponse(PubkeyResponse response) {
        if (RsaPublicKey.read(response.pubkey()) instanceof KeyReading.Valid(RsaPublicKey key)) {
            onAdvertised(response.user(), key);
        }
    }

    void onEnd(SocpException cause) {
        waitingByUser.values().stream()
                .flatMap(Queue::stream)
                .toList()
                .forEach(found -> found.completeExceptionally(cause));
        waitingByUser.clear();
    }

    private void onPatienceOver(UserId user, Queue<CompletableFuture<RsaPublicKey>> search) {
        if (!waitingByUser.remove(user, search)) {
            return;
        }
        RsaPublicKey pinned = pinnedKeys.apply(user);
        if (pinned != null) {
            search.forEach(found -> found.complete(pinned));
        } else {
            var unknown =
                    new SocpException(
                            ClientErrorCode.USER_NOT_FOUND, "no user " + user + " is known here");
            search.forEach(found -> found.completeExceptionally(unknown));
        }
    }
}
