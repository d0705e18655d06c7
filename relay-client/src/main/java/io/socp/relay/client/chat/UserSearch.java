package io.socp.relay.client.chat;

import io.socp.relay.client.SocpClient;
import io.socp.relay.client.SocpException;
import io.socp.relay.client.chat.UserNames.Meaning;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Finds the user a person means by a word, and waits a while for users to appear. Thread-safe.
 *
 * <p>A whole UUID is taken as it is: the client waits for that user's key by itself.
 */
@ThreadSafe
final class UserSearch {

    private final SocpClient client;
    private final UserNames names;
    private final Duration patience;

    UserSearch(SocpClient client, UserNames names, Duration patience) {
        this.client = client;
        this.names = names;
        this.patience = patience;
    }

    /** Fails with {@code USER_NOT_FOUND} or {@code AMBIGUOUS_USER}. */
    CompletableFuture<UserId> find(String word) {
        return switch (names.meaningOf(word)) {
            case Meaning.One(UserId user) -> CompletableFuture.completedFuture(user);
            case Meaning.Several(List<String> ids) ->
                    CompletableFuture.failedFuture(
                            new SocpException(
                                    "AMBIGUOUS_USER",
                                    word + " may be any of " + String.join(", ", ids)));
            case Meaning.Nobody _ when IdRule.UUID_V4.accepts(word) ->
                    CompletableFuture.completedFuture(new UserId(word));
            case Meaning.Nobody _ -> appearing(word);
        };
    }

    /** Asks the server who is here, which may know more than it has told, and waits. */
    private CompletableFuture<UserId> appearing(String word) {
        CompletableFuture<UserId> found =
                names.await(word).orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        var _ = client.list().thenAccept(names::onList);
        return found.exceptionallyCompose(_ ->
                CompletableFuture.failedFuture(
                        new SocpException("USER_NOT_FOUND", "no user " + word + " is known here")));
    }
}
