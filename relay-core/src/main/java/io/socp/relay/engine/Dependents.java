package io.socp.relay.engine;

import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Peers that reach a server through us, and so hear of its users from us. Event-loop confined to
 * the mesh loop.
 *
 * <p>To be told of all those users again costs a word, so it is done at most once in {@link
 * #REPLAY_INTERVAL} for each peer and server; a further wish waits for that long.
 */
@EventLoopConfined
final class Dependents {

    /** How often a peer may have the users of one server named again. */
    static final Duration REPLAY_INTERVAL = Duration.ofSeconds(10);

    /** Pairs of a peer and a server; beyond, a peer is not told of what was before. */
    static final int DEPENDENTS_MAX = 100_000;

    private final Map<Dependent, Wish> wishes = new LinkedHashMap<>();
    private final int max;
    private int pending;

    /** The peer reaches the server through us. */
    record Dependent(ServerId peer, ServerId server) {}

    /**
     * @param dueNs when the users may be named again
     * @param isPending whether they are to be
     */
    private record Wish(long dueNs, boolean isPending) {}

    Dependents() {
        this(DEPENDENTS_MAX);
    }

    Dependents(int max) {
        this.max = max;
    }

    /** The peer says that it reaches the server through us. */
    void add(ServerId peer, ServerId server, Moment now) {
        Dependent dependent = new Dependent(peer, server);
        Wish known = wishes.get(dependent);
        if (known == null && wishes.size() >= max) {
            return;
        }
        if (known == null || !known.isPending()) {
            pending++;
        }
        wishes.put(dependent, new Wish(known == null ? now.ns() : known.dueNs(), true));
    }

    /** It does not. */
    void remove(ServerId peer, ServerId server) {
        Wish known = wishes.remove(new Dependent(peer, server));
        if (known != null && known.isPending()) {
            pending--;
        }
    }

    /** It is gone. */
    void remove(ServerId peer) {
        List<Dependent> its = wishes.keySet().stream().filter(d -> d.peer().equals(peer)).toList();
        its.forEach(d -> remove(d.peer(), d.server()));
    }

    /** Who is to be told of whose users now. */
    List<Dependent> takeDue(Moment now) {
        if (pending == 0) {
            return List.of();
        }
        List<Dependent> due = new ArrayList<>();
        wishes.replaceAll((dependent, wish) -> {
            if (!wish.isPending() || wish.dueNs() - now.ns() > 0) {
                return wish;
            }
            due.add(dependent);
            return new Wish(now.ns() + REPLAY_INTERVAL.toNanos(), false);
        });
        pending -= due.size();
        return due;
    }

    /** Whether the peer reaches the server through us. */
    boolean has(ServerId peer, ServerId server) {
        return wishes.containsKey(new Dependent(peer, server));
    }

    /** The peers that reach the server through us. */
    List<ServerId> of(ServerId server) {
        return wishes.keySet().stream()
                .filter(d -> d.server().equals(server))
                .map(Dependent::peer)
                .toList();
    }
}
