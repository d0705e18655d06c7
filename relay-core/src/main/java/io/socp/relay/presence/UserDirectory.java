package io.socp.relay.presence;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.presence.UserLocation.Local;
import io.socp.relay.presence.UserLocation.Remote;
import io.socp.relay.presence.UserLocation.Unknown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Everyone online on the network and where. Thread-safe for readers; written by the mesh loop
 * alone.
 *
 * <p>Gossip may arrive late, twice or out of order, so each mapping remembers the {@code ts} of the
 * advertisement behind it, and a removed user leaves a tombstone for a while: an older statement
 * never overrides a newer one, and applying one twice changes nothing.
 */
@ThreadSafe
public final class UserDirectory {

    /** Users one other server may have: twice as many as a relay of ours takes unasked. */
    static final int USERS_PER_SERVER_MAX = 20_000;

    /** Tombstones kept; one is about 100 bytes. */
    static final long TOMBSTONES_MAX = 100_000;

    private static final UserLocation UNKNOWN = new Unknown();

    private final ServerId self;
    private final int usersMax;
    private final int usersPerServerMax;
    private final Map<UserId, PresentUser> byId = new ConcurrentHashMap<>();
    private final ConcurrentSkipListSet<UserId> sorted = new ConcurrentSkipListSet<>();

    /** Mesh loop only: by hosting server, when each user was last advertised, monotonic ns. */
    private final Map<ServerId, Map<UserId, Long>> confirmedNsByServer = new HashMap<>();

    /**
     * Mesh loop only: {@code ts} of the last removal. Bounded; a lost one only weakens ordering.
     */
    private final Cache<UserId, Long> tombstones =
            Caffeine.newBuilder().maximumSize(TOMBSTONES_MAX).executor(Runnable::run).build();

    public UserDirectory(ServerId self, int usersMax) {
        this(self, usersMax, USERS_PER_SERVER_MAX);
    }

    UserDirectory(ServerId self, int usersMax, int usersPerServerMax) {
        this.self = self;
        this.usersMax = usersMax;
        this.usersPerServerMax = usersPerServerMax;
    }

    /** Where {@code user} is now. */
    public UserLocation locate(UserId user) {
        PresentUser present = byId.get(user);
        return present == null ? UNKNOWN : present.location();
    }

    /** The user, or null when not online. */
    public @Nullable PresentUser find(UserId user) {
        return byId.get(user);
    }

    /** Users online, everywhere. */
    public int size() {
        return byId.size();
    }

    /** Up to {@code limit} users in the order of their ids, from the first one after {@code id}. */
    public List<PresentUser> pageAfter(String id, int limit) {
        var tail = id.isEmpty() ? sorted : sorted.tailSet(new UserId(id), false);
        List<PresentUser> page = new ArrayList<>();
        for (UserId user : tail) {
            PresentUser present = byId.get(user);
            if (present != null) {
                page.add(present);
                if (page.size() == limit) {
                    break;
                }
            }
        }
        return page;
    }

    /** Everyone online, in no order; a snapshot that may be a moment old. */
    public List<PresentUser> everyone() {
        return List.copyOf(byId.values());
    }

    /** Those connected to us. */
    public List<PresentUser> locals() {
        return byId.values().stream().filter(u -> u.location() instanceof Local).toList();
    }

    /** The first {@code ts} that a new advertisement of this user may carry to be believed. */
    public long nextTs(UserId user, long nowMs) {
        Long removed = tombstones.getIfPresent(user);
        return removed == null ? nowMs : Math.max(nowMs, removed + 1);
    }

    /** A user said hello to us. {@code CONFLICT} when the id is online anywhere. */
    public PresenceChange arrive(PresentUser local) {
        if (byId.containsKey(local.user())) {
            return PresenceChange.CONFLICT;
        }
        return put(local, self, 0);
    }

    /** A local user's link closed. */
    public void depart(UserId user, long ts) {
        drop(user, self);
        tombstones.put(user, ts);
    }

    /**
     * The user is no more at that server, which is lost; what it has said of him counts no more.
     */
    public void abandon(UserId user, ServerId server) {
        PresentUser known = byId.get(user);
        if (known != null && release(user, server)) {
            tombstones.put(user, known.advertisedTs());
        }
    }

    /** A server may say again of one who is offline that it had him before he left here. */
    public void reopen(UserId user) {
        tombstones.invalidate(user);
    }

    /** Applies what a home server says about its user. */
    public PresenceChange apply(UserAdvertise advertise, PresentUser remote, long nowNs) {
        PresentUser known = byId.get(advertise.user());
        if (known == null) {
            Long removed = tombstones.getIfPresent(advertise.user());
            if (removed != null && removed >= advertise.ts()) {
                return PresenceChange.STALE;
            }
            return hasShareLeft(advertise.server())
                    ? put(remote, advertise.server(), nowNs)
                    : PresenceChange.BEYOND_SHARE;
        }
        if (known.location() instanceof Local || changesKey(known, remote)) {
            return PresenceChange.CONFLICT;
        }
        ServerId home = ((Remote) known.location()).server();
        if (advertise.ts() < known.advertisedTs()) {
            return PresenceChange.STALE;
        }
        if (advertise.ts() == known.advertisedTs()) {
            if (home.equals(advertise.server())) {
                confirm(advertise.user(), home, nowNs);
                return PresenceChange.CONFIRMED;
            }
            return PresenceChange.STALE;
        }
        if (!home.equals(advertise.server()) && !hasShareLeft(advertise.server())) {
            return PresenceChange.BEYOND_SHARE;
        }
        // A statement without a key does not unpin the known one.
        PresentUser pinned = remote.key() == null ? remote.withKey(known.key()) : remote;
        if (!home.equals(advertise.server())) {
            unconfirm(advertise.user(), home);
        }
        // In one step: no reader may find the user gone in between.
        byId.put(advertise.user(), pinned);
        confirm(advertise.user(), advertise.server(), nowNs);
        return PresenceChange.APPLIED;
    }

    /** Removes the user only if the mapping still points to that server (SOCP §8.2). */
    public PresenceChange apply(UserRemove remove) {
        PresentUser known = byId.get(remove.user());
        boolean pointsThere =
                known != null
                        && known.location() instanceof Remote(ServerId home)
                        && home.equals(remove.server())
                        && remove.ts() >= known.advertisedTs();
        if (!pointsThere) {
            return PresenceChange.STALE;
        }
        drop(remove.user(), remove.server());
        tombstones.put(remove.user(), remove.ts());
        return PresenceChange.APPLIED;
    }

    /** Removes the user from that server, on another's word: its home may say otherwise. */
    public boolean release(UserId user, ServerId server) {
        PresentUser known = byId.get(user);
        boolean isThere = known != null && known.location().equals(new Remote(server));
        if (isThere) {
            drop(user, server);
        }
        return isThere;
    }

    /** Drops the users of {@code server} not advertised since {@code sinceNs}; says whom. */
    public List<UserId> sweep(ServerId server, long sinceNs) {
        Map<UserId, Long> hosted = confirmedNsByServer.get(server);
        if (hosted == null) {
            return List.of();
        }
        List<UserId> gone = new ArrayList<>();
        hosted.forEach((user, confirmedNs) -> {
            if (confirmedNs - sinceNs < 0) {
                gone.add(user);
            }
        });
        gone.forEach(user -> drop(user, server));
        return gone;
    }

    private boolean hasShareLeft(ServerId server) {
        Map<UserId, Long> hosted = confirmedNsByServer.get(server);
        return hosted == null || hosted.size() < usersPerServerMax;
    }

    /** Whether the user is here with another key: nobody takes his place, now or later. */
    public boolean isAnothersKey(PresentUser claimed) {
        PresentUser known = byId.get(claimed.user());
        return known != null && changesKey(known, claimed);
    }

    private static boolean changesKey(PresentUser known, PresentUser claimed) {
        return known.key() != null && claimed.key() != null && !known.key().equals(claimed.key());
    }

    private PresenceChange put(PresentUser user, ServerId home, long nowNs) {
        if (byId.size() >= usersMax) {
            return PresenceChange.FULL;
        }
        byId.put(user.user(), user);
        sorted.add(user.user());
        confirm(user.user(), home, nowNs);
        return PresenceChange.APPLIED;
    }

    private void confirm(UserId user, ServerId home, long nowNs) {
        confirmedNsByServer.computeIfAbsent(home, _ -> new LinkedHashMap<>()).put(user, nowNs);
    }

    private void drop(UserId user, ServerId home) {
        byId.remove(user);
        sorted.remove(user);
        unconfirm(user, home);
    }

    private void unconfirm(UserId user, ServerId home) {
        Map<UserId, Long> hosted = confirmedNsByServer.get(home);
        if (hosted != null) {
            hosted.remove(user);
            if (hosted.isEmpty()) {
                confirmedNsByServer.remove(home);
            }
        }
    }
}
