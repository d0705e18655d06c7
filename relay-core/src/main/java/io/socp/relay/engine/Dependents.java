package io.socp.relay.engine;

import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Peers that reach a server through us, and so hear of its users from us. Event-loop confined to
 * the mesh loop.
 *
 * <p>To be told of all those users again costs a word, so it is done at most once in {@link
 * #REPLAY_INTERVAL} for each peer and server; a further wish waits for that long, also that of a
 * peer which has said otherwise meanwhile.
 */
@EventLoopConfined
final class Dependents {

    /** How often a peer may have the users of one server named again. */
    static final Duration REPLAY_INTERVAL = Duration.ofSeconds(10);

    /** Servers that one peer may reach through us; of more, it is not told what was before. */
    static final int SERVERS_OF_ONE_MAX = PeerTable.PEERS_MAX;

    private final Map<ServerId, Map<ServerId, Wish>> byServerAndPeer = new LinkedHashMap<>();
    private final int max;

    /** Wishes of which time makes something else. */
    private int unsettled;

    /** The peer reaches the server through us. */
    record Dependent(ServerId peer, ServerId server) {}

    private enum State {
        /** The users are to be named. */
        PENDING,
        /** They have been. */
        FULFILLED,
        /** The peer does not reach the server through us any more. */
        WITHDRAWN
    }

    /**
     * @param dueNs when the users may be named again
     */
    private record Wish(long dueNs, State state) {}

    Dependents() {
        this(SERVERS_OF_ONE_MAX);
    }

    Dependents(int max) {
        this.max = max;
    }

    /** The peer says that it reaches the server, which we do reach, through us. */
    void add(ServerId peer, ServerId server, Moment now) {
        Wish known = find(peer, server);
        if (known != null || count(peer) < max) {
            put(peer, server, new Wish(known == null ? now.ns() : known.dueNs(), State.PENDING));
        }
    }

    /** It does not. */
    void remove(ServerId peer, ServerId server, Moment now) {
        Wish known = find(peer, server);
        if (known != null && known.dueNs() - now.ns() > 0) {
            put(peer, server, new Wish(known.dueNs(), State.WITHDRAWN));
        } else {
            remove(peer, server);
        }
    }

    /** It is gone. */
    void remove(ServerId peer) {
        List.copyOf(byServerAndPeer.keySet()).forEach(server -> remove(peer, server));
    }

    /** Who is to be told of whose users now. */
    List<Dependent> takeDue(Moment now) {
        if (unsettled == 0) {
            return List.of();
        }
        List<Dependent> due = new ArrayList<>();
        List<Dependent> over = new ArrayList<>();
        byServerAndPeer.forEach((server, byPeer) ->
                byPeer.forEach((peer, wish) -> {
                    if (wish.dueNs() - now.ns() <= 0) {
                        switch (wish.state()) {
                            case PENDING -> due.add(new Dependent(peer, server));
                            case WITHDRAWN -> over.add(new Dependent(peer, server));
                            case FULFILLED -> {}
                        }
                    }
                }));
        long nextNs = now.ns() + REPLAY_INTERVAL.toNanos();
        due.forEach(d -> put(d.peer(), d.server(), new Wish(nextNs, State.FULFILLED)));
        over.forEach(d -> remove(d.peer(), d.server()));
        return due;
    }

    /** Whether the peer reaches the server through us. */
    boolean has(ServerId peer, ServerId server) {
        Wish wish = find(peer, server);
        return wish != null && wish.state() != State.WITHDRAWN;
    }

    /** The peers that reach the server through us. */
    List<ServerId> of(ServerId server) {
        return byServerAndPeer.getOrDefault(server, Map.of()).keySet().stream()
                .filter(peer -> has(peer, server))
                .toList();
    }

    private @Nullable Wish find(ServerId peer, ServerId server) {
        return byServerAndPeer.getOrDefault(server, Map.of()).get(peer);
    }

    private long count(ServerId peer) {
        return byServerAndPeer.values().stream().filter(byPeer -> byPeer.containsKey(peer)).count();
    }

    private void put(ServerId peer, ServerId server, Wish wish) {
        Wish before =
                byServerAndPeer.computeIfAbsent(server, _ -> new LinkedHashMap<>()).put(peer, wish);
        unsettled += weight(wish) - weight(before);
    }

    private void remove(ServerId peer, ServerId server) {
        Map<ServerId, Wish> byPeer = byServerAndPeer.get(server);
        if (byPeer != null) {
            unsettled -= weight(byPeer.remove(peer));
            if (byPeer.isEmpty()) {
                byServerAndPeer.remove(server);
            }
        }
    }

    private static int weight(@Nullable Wish wish) {
        return wish == null || wish.state() == State.FULFILLED ? 0 : 1;
    }
}
