package io.socp.relay.client;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is on the network, as gossip tells (SOCP §9). Confined to the client's queue.
 *
 * <p>The keys in it are what servers say; {@link KeyBook} decides what to believe.
 */
final class Directory {

    private record Entry(ServerId server, @Nullable String name, @Nullable RsaPublicKey key) {}

    private final TreeMap<UserId, Entry> entryByUser = new TreeMap<>();
    private final OnlineUser self;
    private final RsaPublicKey selfKey;
    private final Consumer<ClientEvent> events;

    Directory(ClientIdentity self, Consumer<ClientEvent> events) {
        this.self = new OnlineUser(self.user(), self.displayName());
        this.selfKey = self.key().publicKey();
        this.events = events;
    }

    /** A server says that the user is there. A key once told stays when the next word has none. */
    void advertise(
            UserId user, ServerId server, @Nullable String name, @Nullable RsaPublicKey key) {
        if (user.equals(self.user())) {
            return;
        }
        Entry known = entryByUser.get(user);
        RsaPublicKey keptKey = key == null && known != null ? known.key() : key;
        entryByUser.put(user, new Entry(server, name, keptKey));
        if (known == null) {
            events.accept(new ClientEvent.PresenceChanged(user, name, true));
        }
    }

    /** A server says that the user has left it; not believed when the user has moved on since. */
    void remove(UserId user, ServerId server) {
        Entry known = entryByUser.get(user);
        if (known != null && known.server().equals(server)) {
            entryByUser.remove(user);
            events.accept(new ClientEvent.PresenceChanged(user, known.name(), false));
        }
    }

    /** The user's key as advertised, or null; our own for ourselves. */
    @Nullable RsaPublicKey keyOf(UserId user) {
        if (user.equals(self.user())) {
            return selfKey;
        }
        Entry known = entryByUser.get(user);
        return known == null ? null : known.key();
    }

    /** Everyone known to be there, this user included, sorted by id. */
    List<OnlineUser> online() {
        TreeMap<UserId, OnlineUser> rows = new TreeMap<>();
        entryByUser.forEach((user, entry) -> rows.put(user, new OnlineUser(user, entry.name())));
        rows.put(self.user(), self);
        return List.copyOf(rows.values());
    }

    /** The same rows with what they lack filled from here. */
    List<OnlineUser> named(Collection<OnlineUser> rows) {
        return rows.stream().map(this::named).toList();
    }

    private OnlineUser named(OnlineUser row) {
        if (row.name() != null) {
            return row;
        }
        Entry known = entryByUser.get(row.user());
        return known == null ? row : new OnlineUser(row.user(), known.name());
    }
}
