package io.socp.relay.engine;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Users who are away for a moment, since the relay they were on restarts: messages for them wait
 * until they have come back, there or elsewhere. Thread-safe; written by the mesh loop, but for
 * {@link #everyone}.
 */
@ThreadSafe
public final class Expected {

    /** How long they are waited for: as long as the users of a peer whose link was lost. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Users waited for by name; of more, nobody is. */
    static final int USERS_MAX = 200_000;

    /** By user, until when, monotonic ns. */
    private final Map<UserId, Long> untilNsByUser = new ConcurrentHashMap<>();

    /** By server that has said that it goes, the link on which it did, and until when it counts. */
    private final Map<ServerId, Going> going = new ConcurrentHashMap<>();

    private volatile Everyone everyone = Everyone.NOBODY;

    /** Of our own relays, those that have not said yet that they know that we go. */
    private final Set<ServerId> unheard = ConcurrentHashMap.newKeySet();

    private record Going(LinkId link, long untilNs) {}

    /** Whether all who are nowhere are waited for. */
    private record Everyone(boolean isExpected, long untilNs) {
        static final Everyone NOBODY = new Everyone(false, 0);
    }

    /** Until then, all who are nowhere are waited for: we come back ourselves, or go. */
    public void everyone(long untilNs) {
        everyone = new Everyone(true, untilNs);
    }

    /** These are told that we go. */
    void onTold(Collection<ServerId> servers) {
        unheard.addAll(servers);
    }

    /** This one knows, and sends nothing more for our users. */
    void onHeard(ServerId server) {
        unheard.remove(server);
    }

    /** How many have been told that we go, and have not answered; from any thread. */
    public int unheard() {
        return unheard.size();
    }

    /** Whether the user was on a relay that went lately: where he is now may be news to others. */
    boolean isOnTheMove(UserId user) {
        return untilNsByUser.containsKey(user);
    }

    /** Nobody is waited for any more. */
    void nobody() {
        everyone = Everyone.NOBODY;
        untilNsByUser.clear();
        going.clear();
    }

    /** The server has said on this link that it goes, and has these users. */
    void onGoing(ServerId server, LinkId link, Collection<UserId> users, Moment now) {
        long untilNs = now.nsAfter(PATIENCE);
        going.put(server, new Going(link, untilNs));
        for (UserId user : users) {
            if (untilNsByUser.size() < USERS_MAX) {
                untilNsByUser.put(user, untilNs);
            }
        }
    }

    void onTick(Moment now) {
        Everyone all = everyone;
        if (all.isExpected() && all.untilNs() - now.ns() <= 0) {
            everyone = Everyone.NOBODY;
        }
        untilNsByUser.values().removeIf(untilNs -> untilNs - now.ns() <= 0);
        going.values().removeIf(gone -> gone.untilNs() - now.ns() <= 0);
    }

    /** Whether nobody is waited for at all; from any thread. */
    boolean isIdle() {
        return !everyone.isExpected() && going.isEmpty() && untilNsByUser.isEmpty();
    }

    /** Whether a message for this user, who is there, shall wait; from any thread. */
    boolean isAwaited(UserId user, UserLocation location, PeerTable peers, Moment now) {
        return switch (location) {
            case UserLocation.Local _ -> false;
            case UserLocation.Remote(ServerId home) -> isGoing(home, peers, now);
            case UserLocation.Unknown() -> {
                Everyone all = everyone;
                Long untilNs = untilNsByUser.get(user);
                yield (all.isExpected() && all.untilNs() - now.ns() > 0)
                        || (untilNs != null && untilNs - now.ns() > 0);
            }
        };
    }

    /** A server that is linked anew has come back. */
    private boolean isGoing(ServerId server, PeerTable peers, Moment now) {
        Going said = going.get(server);
        if (said == null || said.untilNs() - now.ns() <= 0) {
            return false;
        }
        LinkId link = peers.linkTo(server);
        return link == null || link.equals(said.link());
    }
}
