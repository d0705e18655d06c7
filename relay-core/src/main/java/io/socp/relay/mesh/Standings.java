package io.socp.relay.mesh;

import io.socp.relay.ownership.ThreadSafe;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many of our contacts stand how, as of the mesh loop's last count. Thread-safe: the loop
 * writes, anyone reads.
 */
@ThreadSafe
public final class Standings {

    /** Replaced as a whole, and never written to again. */
    private volatile Map<Standing, Integer> counts = Map.of();

    /** Where we stand with a server that we want a link to. */
    public enum Standing {
        /** Not linked; it is dialled again by and by. */
        WAITING,
        /** A connection is being opened. */
        DIALING,
        /** It has been greeted, and has not answered. */
        GREETING,
        /** A link is up. */
        LINKED,
        /** It has turned out to be this one. */
        OURSELVES
    }

    /** How many stand so. */
    public int count(Standing standing) {
        return counts.getOrDefault(standing, 0);
    }

    /** Counts anew; on the mesh loop. */
    void count(Iterable<Contact> contacts) {
        Map<Standing, Integer> fresh = new EnumMap<>(Standing.class);
        for (Contact contact : contacts) {
            fresh.merge(of(contact.state()), 1, Integer::sum);
        }
        counts = fresh;
    }

    private static Standing of(PeerState state) {
        return switch (state) {
            case PeerState.Waiting _ -> Standing.WAITING;
            case PeerState.Dialing _ -> Standing.DIALING;
            case PeerState.AwaitingWelcome _, PeerState.AwaitingSign _ -> Standing.GREETING;
            case PeerState.Linked _ -> Standing.LINKED;
            case PeerState.Ourselves _ -> Standing.OURSELVES;
        };
    }
}
