package io.socp.relay.client.chat;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.FileProgress;
import io.socp.relay.client.OnlineUser;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is here, and by which words a person may mean them. Thread-safe: concurrent collections, fed
 * by events and lists.
 */
@ThreadSafe
public final class UserNames {

    /** A shorter prefix of an id would be an accident. */
    static final int PREFIX_CHARS_MIN = 4;

    /** Whom a word means. */
    sealed interface Meaning {

        record One(UserId user) implements Meaning {}

        record Several(List<String> ids) implements Meaning {}

        record Nobody() implements Meaning {}
    }

    /** Waits for a word to mean someone. */
    private record Watch(String word, CompletableFuture<UserId> found) {}

    /** Display name by id, empty where there is none. */
    private final NavigableMap<String, String> nameById = new ConcurrentSkipListMap<>();

    private final Queue<Watch> watches = new ConcurrentLinkedQueue<>();

    public void onEvent(ClientEvent event) {
        switch (event) {
            case ClientEvent.Ready(UserId self, _) -> add(self, null);
            case ClientEvent.PresenceChanged(UserId user, String name, boolean isOnline) -> {
                if (isOnline) {
                    add(user, name);
                    check();
                } else {
                    nameById.remove(user.value());
                }
            }
            case ClientEvent.DirectMessage _,
                    ClientEvent.PublicMessage _,
                    ClientEvent.FileReceived _,
                    FileProgress _,
                    ClientEvent.ServerError _,
                    ClientEvent.ClientError _,
                    ClientEvent.Reconnecting _,
                    ClientEvent.Closed _ -> {}
        }
    }

    void onList(Collection<OnlineUser> users) {
        users.forEach(row -> add(row.user(), row.name()));
        check();
    }

    /** The display name of a user who is here; null when there is none. */
    @Nullable String nameOf(String id) {
        String name = nameById.get(id);
        return name == null || name.isEmpty() ? null : name;
    }

    /** Words that mean someone, for completion: display names of one word, and ids. */
    List<String> words() {
        Stream<String> names =
                nameById.values().stream().filter(name -> !name.isEmpty() && name.indexOf(' ') < 0);
        return Stream.concat(names, nameById.keySet().stream()).toList();
    }

    /**
     * An exact id before anything else; otherwise a display name, or the beginning of an id.
     *
     * <p>People choose their names freely: a name never stands in for a whole id, and one that
     * equals the beginning of somebody's id leaves the word ambiguous.
     */
    Meaning meaningOf(String word) {
        if (nameById.containsKey(word)) {
            return new Meaning.One(new UserId(word));
        }
        if (IdRule.UUID_V4.accepts(word)) {
            return new Meaning.Nobody();
        }
        boolean isPrefix = word.length() >= PREFIX_CHARS_MIN;
        List<String> ids =
                nameById.entrySet().stream()
                        .filter(entry ->
                                entry.getValue().equals(word)
                                        || (isPrefix && entry.getKey().startsWith(word)))
                        .map(Map.Entry::getKey)
                        .toList();
        return switch (ids.size()) {
            case 0 -> new Meaning.Nobody();
            case 1 -> new Meaning.One(new UserId(ids.getFirst()));
            default -> new Meaning.Several(ids);
        };
    }

    /** Completes when the word means exactly one user; the caller sets the patience. */
    CompletableFuture<UserId> await(String word) {
        Watch watch = new Watch(word, new CompletableFuture<>());
        watches.add(watch);
        check();
        return watch.found();
    }

    private void check() {
        watches.removeIf(watch -> {
            if (meaningOf(watch.word()) instanceof Meaning.One(UserId user)) {
                watch.found().complete(user);
            }
            return watch.found().isDone();
        });
    }

    private void add(UserId user, @Nullable String name) {
        nameById.put(user.value(), name == null ? "" : name);
    }
}
