package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.engine.EngineSettings.MeshTimers;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.Heartbeats;
import io.socp.relay.mesh.LinkChoice;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerLink.Direction;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.mesh.PeerTable.Entry;
import io.socp.relay.mesh.PeerTable.Joining;
import io.socp.relay.mesh.PeerTable.Leaving;
import io.socp.relay.mesh.SpareLinks;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The links to peers, from the greeting to the end: who lives, which link is one too many, whose
 * users go with it (SOCP §8.4, §11). Event-loop confined to the mesh loop.
 */
@EventLoopConfined
final class PeerLinks {

    private final Self self;
    private final MeshTimers timers;
    private final Contacts contacts;
    private final PeerTable peers;
    private final FarServers far;
    private final LinkDialects dialects;
    private final Heartbeats heartbeats;
    private final SpareLinks spares;
    private final Sweeps sweeps;
    private final Reminders reminders;
    private final Map<LinkId, Claim> claims = new HashMap<>();

    /** A link that changes nothing for anyone until its end has shown who it is. */
    private record Claim(Direction direction, long sinceNs) {}

    PeerLinks(
            Self self,
            MeshTimers timers,
            Contacts contacts,
            PeerTable peers,
            FarServers far,
            LinkDialects dialects,
            Attendance attendance,
            Heartbeats heartbeats) {
        this.self = self;
        this.timers = timers;
        this.contacts = contacts;
        this.peers = peers;
        this.far = far;
        this.dialects = dialects;
        this.heartbeats = heartbeats;
        this.spares = new SpareLinks(peers);
        this.sweeps = new Sweeps(attendance);
        this.reminders = new Reminders(self, peers, dialects);
    }

    void onTick(Moment now, EffectSink sink) {
        if (heartbeats.takeDue(now.ns())) {
            beat(now, sink);
        }
        for (LinkId silent : heartbeats.silent(now.ns())) {
            onSilent(silent, now, sink);
        }
        for (LinkId spare : spares.takeDue(now.ns())) {
            sink.emit(new Close(spare, CloseReason.NORMAL, "second link to the same server"));
        }
        sweeps.onTick(now, sink);
        reminders.onTick(now, sink);
    }

    /** A sign of life; on a link that is still a claim, only a signature counts as one. */
    void onHeard(LinkId link, Moment now) {
        if (peers.isProven(link) || peers.isForUsers(link)) {
            heartbeats.heard(link, now.ns());
        }
    }

    /**
     * Something came on the link that this key has signed: is the link what we took it for?
     *
     * @return whether that is shown only now
     */
    boolean onSigned(LinkId link, RsaPublicKey key, Moment now, EffectSink sink) {
        ServerId server = peers.serverOf(link);
        boolean wasProven = server != null && peers.hasProvenLink(server);
        if (server != null && key.equals(peers.keyOnLinks(server)) && peers.prove(link)) {
            choose(server);
            heartbeats.heard(link, now.ns());
            peers.addressOf(server)
                    .ifPresent(address -> contacts.learn(server, address, key, now.ns()));
            contacts.linked(server, key);
            Claim claim = claims.remove(link);
            if (claim != null) {
                named(server, claim, wasProven, dialects.ofPeer(link), now);
            }
            disprove(server, key, now, sink);
            return true;
        }
        return false;
    }

    /** A server has shown its key: what was said of it under another one is not true. */
    private void disprove(ServerId server, RsaPublicKey key, Moment now, EffectSink sink) {
        if (far.isProvenFalse(server, key)) {
            sweeps.schedule(server, now.ns(), now.ns());
            String text =
                    "server {} has another key than others said: what was learned under that one is"
                            + " dropped";
            sink.emit(new Report(Notice.warn(text).with("peer", server)));
        }
    }

    /** Whoever is at this server, and not named again within the grace, is gone. */
    void doubt(ServerId server, Moment now) {
        sweeps.schedule(server, now.ns(), now.nsAfter(timers.grace()));
    }

    /** What was lost before then has had its time to come back. */
    long graceBeginNs(Moment now) {
        return now.ns() - timers.grace().toNanos();
    }

    /** Takes the link as one of this peer's. */
    void join(KnownServer peer, PeerLink link, PeerDialect dialect, Moment now, EffectSink sink) {
        ServerId server = peer.server();
        if (peers.entryFor(server, peer.key()) == Entry.CLAIMED) {
            outdo(server, now, sink);
        }
        boolean wasProven = peers.hasProvenLink(server);
        if (wasProven || (!link.proven() && peers.keyOnLinks(server) != null)) {
            dialects.putPeer(link.link(), dialect);
        } else {
            dialects.put(link.link(), server, dialect);
        }
        Joining joining = peers.join(server, peer.key(), peer.address(), link, choice(dialect));
        choose(server);
        switch (joining) {
            case CAME_UP ->
                    sink.emit(
                            new Report(
                                    Notice.info("peer {} linked at {}")
                                            .with("peer", server)
                                            .with("address", peer.address())));
            case EXTRA_LINK ->
                    spares.add(peers.superfluousLinks(server), now.nsAfter(timers.settle()));
        }
        Claim claim = new Claim(link.direction(), now.ns());
        if (link.proven()) {
            named(server, claim, wasProven, dialect, now);
            disprove(server, peer.key(), now, sink);
        } else {
            claims.put(link.link(), claim);
        }
        heartbeats.heard(link.link(), now.ns());
        var identity = new LinkIdentity.Server(server, peer.key(), link.frames());
        sink.emit(new Identify(link.link(), identity));
        if (link.frames() == FrameProof.LINK) {
            closeLesser(server, now, sink);
        }
    }

    /** Now that one link proves the server's frames, none is its that does not. */
    private void closeLesser(ServerId server, Moment now, EffectSink sink) {
        for (LinkId lesser : peers.linksWithoutProof(server)) {
            sink.emit(new Close(lesser, CloseReason.NORMAL, "this server has a better link now"));
            lose(lesser, timers.grace(), now, sink);
        }
    }

    /** The server has come with its true key: those who have only claimed another one give way. */
    private void outdo(ServerId server, Moment now, EffectSink sink) {
        for (LinkId claim : peers.linksOf(server)) {
            sink.emit(new Close(claim, CloseReason.POLICY, "the server has shown another key"));
            lose(claim, timers.grace(), now, sink);
        }
    }

    /** The server has shown itself on this link, and names all its users on it. */
    private void named(
            ServerId server, Claim link, boolean wasProven, PeerDialect dialect, Moment now) {
        if (!wasProven && dialect.isOwn()) {
            // It says anew whom it reaches, and may have lost some meanwhile.
            far.forget(server);
        }
        if (!wasProven || link.direction() == Direction.INBOUND) {
            // It may have lost another link, and a removal with it.
            sweeps.schedule(server, link.sinceNs(), now.nsAfter(timers.settle()));
        }
    }

    /** The peer at the other end has turned out to be one of our own relays. */
    void foundOwnRelay(LinkId link) {
        ServerId server = peers.serverOf(link);
        if (server != null) {
            dialects.putPeer(link, PeerDialect.OWN);
            choose(server);
        }
    }

    /**
     * How the server is written to, by those of its links on which it has shown itself: what it has
     * signed for on one, or else as on the oldest. A greeting repeated by others, under another
     * name perhaps, changes nothing while the server's own link is up, nor once its own is gone.
     */
    private void choose(ServerId server) {
        List<PeerDialect> spoken =
                peers.linksOf(server).stream()
                        .filter(peers::isProven)
                        .map(dialects::ofPeer)
                        .toList();
        spoken.stream()
                .filter(PeerDialect::isSignedFor)
                .findFirst()
                .or(() -> spoken.stream().findFirst())
                .ifPresent(dialect -> {
                    dialects.put(server, dialect);
                    peers.choose(server, choice(dialect));
                });
    }

    /** Whether this is one of the server's links. */
    boolean isLinkOf(LinkId link, ServerId server) {
        return server.equals(peers.serverOf(link));
    }

    /** How a server writes that has a link already. */
    Optional<PeerDialect> dialectOf(ServerId server) {
        return peers.linksOf(server).stream().findFirst().map(dialects::ofPeer);
    }

    private static LinkChoice choice(PeerDialect dialect) {
        return switch (dialect.manner()) {
            case OWN -> LinkChoice.AGREED;
            case ONE_WAY -> LinkChoice.DIALLED_BY_US;
            case STANDARD, PUBLIC_ADDRESSED, SERVER_PREFIXED, LINK_SIGNED, RAW_SIGNED ->
                    LinkChoice.NEWEST;
        };
    }

    /** Our sign of life, under the name by which each peer knows us. */
    private void beat(Moment now, EffectSink sink) {
        Map<Self, List<LinkId>> linksByFace = new LinkedHashMap<>();
        for (LinkId link : peers.writableLinks()) {
            linksByFace
                    .computeIfAbsent(self.towards(dialects.ofPeer(link)), _ -> new ArrayList<>())
                    .add(link);
        }
        linksByFace.forEach((face, links) ->
                sink.emit(new Send(links, face.toAll(new Heartbeat(face.id()), now.epochMs()))));
    }

    /** The link is gone; if it was the last proven one, users go unless named within the grace. */
    void onClosed(LinkId link, Moment now, EffectSink sink) {
        lose(link, timers.grace(), now, sink);
    }

    /**
     * The link is dead, and what was sent on it lately is lost. Its users have had their time and
     * go with the peer's last proven link. If we sent on this one, the others are closed as well,
     * so that both sides start anew and name all their users.
     */
    private void onSilent(LinkId link, Moment now, EffectSink sink) {
        ServerId server = peers.serverOf(link);
        boolean wasActive = server != null && link.equals(peers.linkTo(server));
        String text = "no frame for " + timers.deadAfter().toSeconds() + " s";
        sink.emit(new Close(link, CloseReason.GOING_AWAY, text));
        lose(link, Duration.ZERO, now, sink);
        if (server != null && wasActive) {
            for (LinkId other : peers.linksOf(server)) {
                sink.emit(new Close(other, CloseReason.GOING_AWAY, "starting anew"));
                lose(other, timers.settle(), now, sink);
            }
        }
    }

    /** The other end has gone too far; what it told us goes with its last link. */
    void part(LinkId link, Moment now, EffectSink sink) {
        sink.emit(new Close(link, CloseReason.POLICY, "too much misconduct"));
        ServerId server = peers.serverOf(link);
        boolean wasProven = peers.isProven(link);
        lose(link, Duration.ZERO, now, sink);
        if (server != null && wasProven && !peers.hasProvenLink(server)) {
            // Those too whom it has named this instant.
            sweeps.schedule(server, now.ns() + 1, now.ns());
        }
    }

    private void lose(LinkId link, Duration grace, Moment now, EffectSink sink) {
        spares.forget(link);
        heartbeats.forget(link);
        dialects.removePeer(link);
        claims.remove(link);
        ServerId server = peers.serverOf(link);
        if (server == null) {
            return;
        }
        boolean wasProven = peers.isProven(link);
        boolean isDown = peers.leave(link) == Leaving.WENT_DOWN;
        if (isDown) {
            contacts.unlinked(server, now.ns());
            sink.emit(new Report(Notice.warn("peer {} lost").with("peer", server)));
        } else {
            choose(server);
            reminders.onLinkLost(server, now, sink);
        }
        contacts.claimClosed(link, peers.hasProvenLink(server), now.ns());
        if (peers.keyOnLinks(server) == null) {
            dialects.forget(server);
        }
        if (wasProven && !peers.hasProvenLink(server)) {
            sweeps.schedule(server, now.ns(), now.nsAfter(grace));
        } else if (isDown && far.route(server, null).isEmpty()) {
            // Whom the claim has named, by frames that may be old, nobody else will name.
            sweeps.hasten(server, now.ns(), now.nsAfter(timers.grace()));
        }
    }
}
