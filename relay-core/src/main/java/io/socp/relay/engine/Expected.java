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
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Users who are away for a moment, since the relay they were on restarts: messages for them wait
 * until they have come back, there or elsewhere, and what that relay still says for them counts.
 * Thread-safe; written by the mesh loop, but for {@link #everyone}.
 */
@ThreadSafe
public final class Expected {

    /** How long they are waited for: as long as the users of a peer whose link was lost. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Users waited for by name; of more, nobody is. */
    static final int USERS_MAX = 200_000;

    private final Map<UserId, Leaving> leavingByUser = new ConcurrentHashMap<>();

    /** By server that has said that it goes. */
    private final Map<ServerId, Going> going = new ConcurrentHashMap<>();

    private volatile Everyone everyone = Everyone.NOBODY;

    /** Of our own relays, those that have not said yet that they know that we go. */
    private final Set<ServerId> unheard = ConcurrentHashMap.newKeySet();

    private volatile int owed;
    private final LongAdder neverTold = new LongAdder();

    /** Which server the user was on when it said that it goes, and until when that counts. */
    private record Leaving(ServerId from, long untilNs) {}

    /** The links on which the server has said so, and until when that counts. */
    private record Going(Set<LinkId> links, long untilNs) {}

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

    /** So many authors are owed word of a message that reached nobody, and are nowhere. */
    void onOwed(int reports) {
        owed = reports;
    }

    /** How many reports wait for their authors; from any thread. */
    public int owed() {
        return owed;
    }

    /** An author was not told: he did not come in time, or too many others were waited for. */
    void onNeverTold() {
        neverTold.increment();
    }

    /** Reports of messages that reached nobody whose authors could not be told; from any thread. */
    public long neverTold() {
        return neverTold.sum();
    }

    /** Whether the user was on a relay that went lately: where he is now may be news to others. */
    boolean isOnTheMove(UserId user) {
        return leavingByUser.containsKey(user);
    }

    /** Whether the user was on this server when it said, lately, that it goes; from any thread. */
    boolean hasLatelyLeft(UserId user, ServerId server) {
        Leaving leaving = leavingByUser.get(user);
        return leaving != null && leaving.from().equals(server);
    }

    /** Whether we wait for all who are nowhere, since our own users have gone or are to come. */
    boolean isEveryone(Moment now) {
        Everyone all = everyone;
        return all.isExpected() && all.untilNs() - now.ns() > 0;
    }

    /** Nobody is waited for any more. */
    void nobody() {
        everyone = Everyone.NOBODY;
        leavingByUser.clear();
        going.clear();
    }

    /**
     * The server has said on this link that it goes, and has these users.
     *
     * @param open its links; those of which it has said so before it may say so on one by one
     */
    void onGoing(
            ServerId server,
            LinkId link,
            Collection<LinkId> open,
            Collection<UserId> users,
            Moment now) {
        Going before = going.getOrDefault(server, new Going(Set.of(), now.ns()));
        Set<LinkId> links = new HashSet<>(before.links());
        links.retainAll(open);
        boolean isSaidAgain = !links.isEmpty() && before.untilNs() - now.ns() > 0;
        links.add(link);
        // The first word counts: saying it again and again keeps nobody waiting for ever.
        long untilNs = isSaidAgain ? before.untilNs() : now.nsAfter(PATIENCE);
        going.put(server, new Going(Set.copyOf(links), untilNs));
        users.forEach(user -> expect(user, new Leaving(server, untilNs)));
    }

    /** The server names this user: who is on a server that goes is to leave with the others. */
    void onNamed(UserId user, ServerId server, PeerTable peers, Moment now) {
        Going said = going.get(server);
        if (said != null && isGoing(server, peers, now)) {
            expect(user, new Leaving(server, said.untilNs()));
        }
    }

    /** The user has turned up elsewhere, and the server where he was is lost. */
    void onStranded(UserId user, ServerId server, Moment now) {
        expect(user, new Leaving(server, now.nsAfter(PATIENCE)));
    }

    private void expect(UserId user, Leaving leaving) {
        if (leavingByUser.size() < USERS_MAX || leavingByUser.containsKey(user)) {
            leavingByUser.put(user, leaving);
        }
    }

    /** Whether no server goes, as far as we know. */
    boolean isNobodyGoing() {
        return going.isEmpty();
    }

    void onTick(Moment now) {
        Everyone all = everyone;
        if (all.isExpected() && all.untilNs() - now.ns() <= 0) {
            everyone = Everyone.NOBODY;
        }
        leavingByUser.values().removeIf(leaving -> leaving.untilNs() - now.ns() <= 0);
        going.values().removeIf(gone -> gone.untilNs() - now.ns() <= 0);
    }

    /** Whether nobody is waited for at all; from any thread. */
    boolean isIdle() {
        return !everyone.isExpected() && going.isEmpty() && leavingByUser.isEmpty();
    }

    /** Whether a message for this user, who is there, shall wait; from any thread. */
    boolean isAwaited(UserId user, UserLocation location, PeerTable peers, Moment now) {
        return switch (location) {
            case UserLocation.Local _ -> false;
            case UserLocation.Remote(ServerId home) -> isGoing(home, peers, now);
            case UserLocation.Unknown() -> {
                Leaving leaving = leavingByUser.get(user);
                yield isEveryone(now) || (leaving != null && leaving.untilNs() - now.ns() > 0);
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
        return link == null || said.links().contains(link);
    }
}
