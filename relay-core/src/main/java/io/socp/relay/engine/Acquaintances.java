package io.socp.relay.engine;

import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RouteWords.Distance;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Peer;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes our own relays known to each other, and says how we reach other servers. Event-loop
 * confined to the mesh loop.
 *
 * <p>A welcome names whom the introducer knows at that moment. Where several servers start at once,
 * two may ask before either is known, and nobody would ever name one to the other. So whoever is
 * linked anew is named to our own relays, and they to it, by a SERVER_WELCOME that assigns nothing.
 * The same frame names servers that we reach through a peer, and those we have lost.
 */
@EventLoopConfined
final class Acquaintances {

    /** Servers named in one frame: a row is about 1 KiB, and a frame at most 256 KiB long. */
    static final int SERVERS_MAX = 200;

    /** Lost servers named in one frame. */
    private static final int LOST_MAX = 1_000;

    /** How long the news may wait for more of its kind; also keeps a mesh from speaking at once. */
    static final Duration JITTER = Duration.ofMillis(250);

    private final Self self;
    private final PeerTable peers;
    private final FarPaths paths;
    private final LinkDialects dialects;
    private final RandomGenerator random;

    /** Who has been told all, and on which link of theirs last. */
    private final Map<ServerId, LinkId> named = new HashMap<>();

    /** What they have been told. */
    private Map<ServerId, Mention> told = Map.of();

    /** Of the peers and of the paths, when there was nothing to tell. */
    private long quietPeers = -1;

    private int quietPaths = -1;

    private boolean isDue;
    private long dueNs;

    /** A server, and how we reach it; null where it is linked. */
    private record Mention(KnownServer server, @Nullable Distance distance) {}

    Acquaintances(
            Self self,
            PeerTable peers,
            FarPaths paths,
            LinkDialects dialects,
            RandomGenerator random) {
        this.self = self;
        this.peers = peers;
        this.paths = paths;
        this.dialects = dialects;
        this.random = random;
    }

    void onTick(Moment now, EffectSink sink) {
        if (peers.version() == quietPeers && paths.version() == quietPaths) {
            return;
        }
        List<Peer> linked = peers.proven();
        named.keySet().removeIf(server -> peers.linkTo(server) == null);
        Map<ServerId, Mention> current = mentions(linked);
        if (current.equals(told) && linked.stream().noneMatch(this::isNew)) {
            isDue = false;
            quietPeers = peers.version();
            quietPaths = paths.version();
        } else if (!isDue) {
            isDue = true;
            dueNs = now.ns() + (long) (JITTER.toNanos() * random.nextDouble());
        } else if (dueNs - now.ns() <= 0) {
            isDue = false;
            introduce(linked, current, now, sink);
        }
    }

    /** Whether it was not there before, or has dialled us again: perhaps it had lost the link. */
    private boolean isNew(Peer peer) {
        LinkId known = named.get(peer.server());
        return known == null || newest(peer).value() > known.value();
    }

    private static LinkId newest(Peer peer) {
        return peer.links().stream()
                .filter(link -> link.direction() == PeerLink.Direction.INBOUND)
                .map(PeerLink::link)
                .max(Comparator.comparingLong(LinkId::value))
                .orElse(Gossip.NOBODY);
    }

    private Map<ServerId, Mention> mentions(List<Peer> linked) {
        Map<ServerId, Mention> mentions = new LinkedHashMap<>();
        for (Peer peer : linked) {
            KnownServer server = new KnownServer(peer.server(), peer.address(), peer.key());
            mentions.put(peer.server(), new Mention(server, null));
        }
        for (FarPaths.Path path : paths.settled()) {
            mentions.putIfAbsent(
                    path.server().server(),
                    new Mention(path.server(), new Distance(path.hops(), path.via())));
        }
        return mentions;
    }

    private void introduce(
            List<Peer> linked, Map<ServerId, Mention> current, Moment now, EffectSink sink) {
        List<LinkId> toNewcomers = new ArrayList<>();
        List<LinkId> toOthers = new ArrayList<>();
        for (Peer peer : linked) {
            LinkId link = peers.linkTo(peer.server());
            if (link != null && dialects.isOwnRelay(link)) {
                (isNew(peer) ? toNewcomers : toOthers).add(link);
            }
            named.put(peer.server(), newest(peer));
        }
        // Even if that is nobody else: it may believe what we said before.
        name(List.copyOf(current.values()), List.of(), true, toNewcomers, now, sink);
        List<Mention> news =
                current.values().stream()
                        .filter(m -> !m.equals(told.get(m.server().server())))
                        .toList();
        List<ServerId> lost =
                told.keySet().stream().filter(server -> !current.containsKey(server)).toList();
        name(news, lost, false, toOthers, now, sink);
        told = current;
    }

    /** In as many frames as it takes. */
    private void name(
            List<Mention> servers,
            List<ServerId> lost,
            boolean isAll,
            List<LinkId> links,
            Moment now,
            EffectSink sink) {
        if (links.isEmpty()) {
            return;
        }
        for (int from = 0; from < lost.size(); from += LOST_MAX) {
            List<ServerId> page = lost.subList(from, Math.min(from + LOST_MAX, lost.size()));
            send(List.of(), new RouteWords(Map.of(), page, false), links, now, sink);
        }
        for (int from = 0; from < servers.size(); from += SERVERS_MAX) {
            int to = Math.min(from + SERVERS_MAX, servers.size());
            Map<ServerId, Distance> far = new HashMap<>();
            List<KnownServer> rows = new ArrayList<>();
            for (Mention mention : servers.subList(from, to)) {
                rows.add(mention.server());
                if (mention.distance() != null) {
                    far.put(mention.server().server(), mention.distance());
                }
            }
            boolean isLast = to == servers.size();
            send(rows, new RouteWords(far, List.of(), isAll && isLast), links, now, sink);
        }
    }

    private void send(
            List<KnownServer> rows,
            RouteWords words,
            List<LinkId> links,
            Moment now,
            EffectSink sink) {
        var welcome =
                new ServerWelcome(
                        self.id(), null, self.key(), rows, words.beside(self.extensions()));
        sink.emit(new Send(links, self.toAll(welcome, now.epochMs())));
    }
}
