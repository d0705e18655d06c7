package io.socp.relay.client;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is on the network, as gossip tells (SOCP §9). Confined to the client's queue.
 *
 * <p>The keys in it are what servers say; {@link KeyBook} decides what to believe.
 */
final class Directory {

    private final TreeMap<UserId, Advertised> advertisedByUser = new TreeMap<>();
    private final OnlineUser self;
    private final RsaPublicKey selfKey;
    private final Consumer<ClientEvent> events;

    Directory(ClientIdentity self, Consumer<ClientEvent> events) {
        this.self = new OnlineUser(self.user(), self.displayName());
        this.selfKey = self.key().publicKey();
        this.events = events;
    }

    /** A server says that the user is there. */
    void advertise(UserId user, Advertised said) {
        if (user.equals(self.user())) {
            return;
        }
        Advertised known = advertisedByUser.get(user);
        advertisedByUser.put(user, said.withKeyOf(known));
        if (known == null) {
            events.accept(new ClientEvent.PresenceChanged(user, said.name(), true));
        }
    }

    /**
     * A server says that the user has left it; not believed when the user has moved on since.
     * Whether the user is not there any more.
     */
    boolean remove(UserId user, ServerId server) {
        Advertised known = advertisedByUser.get(user);
        if (known == null || !known.server().equals(server)) {
            return false;
        }
        advertisedByUser.remove(user);
        events.accept(new ClientEvent.PresenceChanged(user, known.name(), false));
        return true;
    }

    boolean isSelf(UserId user) {
        return user.equals(self.user());
    }

    /** What the user's server says now; null for users not there, and for ourselves. */
    @Nullable Advertised of(UserId user) {
        return advertisedByUser.get(user);
    }

    /** Everyone else who is known to be there; a view. */
    SortedMap<UserId, Advertised> others() {
        return Collections.unmodifiableSortedMap(advertisedByUser);
    }

    /** The user's key as advertised, or null; our own for ourselves. */
    @Nullable RsaPublicKey keyOf(UserId user) {
        if (user.equals(self.user())) {
            return selfKey;
        }
        Advertised known = advertisedByUser.get(user);
        return known == null ? null : known.key();
    }

    /** Everyone known to be there, this user included, sorted by id. */
    List<OnlineUser> online() {
        TreeMap<UserId, OnlineUser> rows = new TreeMap<>();
        advertisedByUser.forEach((user, said) -> rows.put(user, new OnlineUser(user, said.name())));
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
        Advertised known = advertisedByUser.get(row.user());
        return known == null ? row : new OnlineUser(row.user(), known.name());
    }
}
