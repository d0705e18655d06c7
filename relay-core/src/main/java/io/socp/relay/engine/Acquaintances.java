package io.socp.relay.engine;

import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Peer;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Makes our own relays known to each other. Event-loop confined to the mesh loop.
 *
 * <p>A welcome names whom the introducer knows at that moment. Where several servers start at once,
 * two may ask before either is known, and nobody would ever name one to the other. So whoever is
 * linked anew is named to our own relays, and they to it, by a SERVER_WELCOME that assigns nothing.
 */
@EventLoopConfined
final class Acquaintances {

    /** Servers named in one frame: a row is about 0.9 KiB, and a frame at most 256 KiB long. */
    private static final int SERVERS_MAX = 200;

    /** How long the news may wait for more of its kind; also keeps a mesh from speaking at once. */
    static final Duration JITTER = Duration.ofMillis(250);

    private final Self self;
    private final PeerTable peers;
    private final LinkDialects dialects;
    private final RandomGenerator random;
    private final Set<ServerId> named = new HashSet<>();
    private boolean isDue;
    private long dueNs;

    Acquaintances(Self self, PeerTable peers, LinkDialects dialects, RandomGenerator random) {
        this.self = self;
        this.peers = peers;
        this.dialects = dialects;
        this.random = random;
    }

    void onTick(Moment now, EffectSink sink) {
        List<Peer> linked = peers.proven();
        named.removeIf(server -> peers.linkTo(server) == null);
        if (linked.size() == named.size()) {
            isDue = false;
        } else if (!isDue) {
            isDue = true;
            dueNs = now.ns() + (long) (JITTER.toNanos() * random.nextDouble());
        } else if (dueNs - now.ns() <= 0) {
            isDue = false;
            introduce(linked, now, sink);
        }
    }

    private void introduce(List<Peer> linked, Moment now, EffectSink sink) {
        List<Peer> newcomers =
                linked.stream().filter(peer -> !named.contains(peer.server())).toList();
        List<LinkId> toNewcomers = new ArrayList<>();
        List<LinkId> toOthers = new ArrayList<>();
        for (Peer peer : linked) {
            LinkId link = peers.linkTo(peer.server());
            if (link != null && dialects.isOwnRelay(link)) {
                (named.contains(peer.server()) ? toOthers : toNewcomers).add(link);
            }
        }
        if (linked.size() > 1) {
            name(linked, toNewcomers, now, sink);
        }
        name(newcomers, toOthers, now, sink);
        newcomers.forEach(peer -> named.add(peer.server()));
    }

    private void name(List<Peer> servers, List<LinkId> links, Moment now, EffectSink sink) {
        if (links.isEmpty()) {
            return;
        }
        List<KnownServer> rows =
                servers.stream()
                        .limit(SERVERS_MAX)
                        .map(p -> new KnownServer(p.server(), p.address(), p.key()))
                        .toList();
        var welcome = new ServerWelcome(self.id(), null, self.key(), rows, Self.EXTENSIONS);
        sink.emit(new Send(links, self.toAll(welcome, now.epochMs())));
    }
}
