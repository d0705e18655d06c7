package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.dialect.PeerFrames;
import io.socp.relay.engine.MeshEntry.Refusal;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.Hint;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerLink.Direction;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerAnnounce;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.message.MeshMessage.ServerHelloLink;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import io.socp.relay.verify.TlsPeer;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Receives servers that connect to us: a welcome, another id, or a refusal (SOCP §8.1). Event-loop
 * confined to the mesh loop.
 */
@EventLoopConfined
final class Reception {

    /**
     * Servers named in one welcome: a row is about 0.9 KiB, and a frame at most 256 KiB long. Our
     * own relays hear of all in further frames.
     */
    private static final int WELCOME_SERVERS_MAX = 200;

    /** The same where each server is named twice, with its key in the longest container. */
    private static final int FOREIGN_WELCOME_SERVERS_MAX = 80;

    private final Self self;
    private final Contacts contacts;
    private final PeerTable peers;
    private final FarPaths paths;
    private final PeerLinks links;
    private final MeshEntry entry;
    private final Attendance attendance;
    private final Possession possession;
    private final RandomGenerator random;

    Reception(
            Self self,
            Contacts contacts,
            PeerTable peers,
            FarPaths paths,
            PeerLinks links,
            MeshEntry entry,
            Attendance attendance,
            Possession possession,
            RandomGenerator random) {
        this.possession = possession;
        this.self = self;
        this.contacts = contacts;
        this.peers = peers;
        this.paths = paths;
        this.links = links;
        this.entry = entry;
        this.attendance = attendance;
        this.random = random;
    }

    /** A server has connected to us. */
    void greeted(LinkId link, Greeting greeting, Admitted admitted, Moment now, EffectSink sink) {
        Proof proof = possession.shownBy(admitted, now);
        TlsPeer tls = admitted.link().tls();
        KnownServer stranger = MeshEntry.presented(greeting);
        PeerDialect dialect = PeerDialect.of(admitted.envelope(), greeting);
        if (entry.isOurselves(stranger)) {
            // The welcome tells the dialling end, which is us, whom it has found.
            sink.emit(answer(plain(link), greeting, greeting.server(), dialect, now));
            return;
        }
        if (entry.needsAnotherId(link, greeting, proof)) {
            ServerId fresh = ServerId.random(random);
            sink.emit(answer(plain(link), greeting, fresh, dialect, now));
            sink.emit(
                    new Report(
                            Notice.info("server {} is taken: assigned {}")
                                    .with("peer", stranger.server())
                                    .with("assigned", fresh)));
            // Whoever it is, it greets us again under the id it is given.
            sink.emit(new Identify(link, new LinkIdentity.Stranger()));
            return;
        }
        boolean isProven = proof instanceof Proof.SignedBy;
        PeerLink joined =
                MeshEntry.offered(
                        new PeerLink(link, Direction.INBOUND, isProven),
                        stranger,
                        tls,
                        saidBy(greeting));
        Optional<Refusal> refusal = entry.refusal(stranger, joined, proof, now);
        if (refusal.isPresent()) {
            entry.refuse(link, stranger, refusal.get(), now, sink);
            return;
        }
        // The answer goes first: once joined, any thread may write on the link.
        sink.emit(answer(joined, greeting, greeting.server(), dialect, now));
        links.join(stranger, joined, dialect, now, sink);
        if (isProven) {
            contacts.learn(stranger.server(), stranger.address(), stranger.key(), now.ns());
            contacts.moved(stranger.server(), stranger.address());
            if (dialect.manner() != PeerDialect.Manner.ONE_WAY) {
                contacts.linked(stranger.server(), stranger.key());
            }
        } else {
            // A claim: it moves nobody, nobody's dialling stops for it, and the address is a hint.
            var hint = new Hint(link, stranger.server(), stranger.address(), stranger.key());
            if (greeting instanceof ServerHelloLink) {
                contacts.hintAndDial(hint, now.ns());
            } else {
                contacts.hint(hint, now.ns());
            }
        }
        attendance.introduceUsers(link, now, sink);
    }

    /** The welcome says so as well; other greetings have none, and so no agreement either. */
    private static FrameProof saidBy(Greeting greeting) {
        return switch (greeting) {
            case ServerHelloJoin _, ServerHelloLink _ -> MeshEntry.said(greeting.extensions());
            case ServerAnnounce _ -> FrameProof.SIGNATURE;
        };
    }

    private static PeerLink plain(LinkId link) {
        return new PeerLink(link, Direction.INBOUND, false);
    }

    private RelayEffect answer(
            PeerLink link, Greeting greeting, ServerId assigned, PeerDialect dialect, Moment now) {
        Self face = self.towards(dialect);
        long ts = now.epochMs();
        return new Send(
                link.link(),
                switch (greeting) {
                    case ServerHelloJoin _, ServerHelloLink _ ->
                            welcome(face, greeting.server(), assigned, dialect, link.frames(), ts);
                    case ServerAnnounce _ -> face.toAll(new Heartbeat(face.id()), ts);
                });
    }

    private OutboundFrame welcome(
            Self face,
            ServerId joiner,
            ServerId assigned,
            PeerDialect dialect,
            FrameProof frames,
            long ts) {
        boolean isOwn = dialect.manner() == PeerDialect.Manner.OWN;
        Stream<KnownServer> linked =
                peers.proven().stream().map(p -> new KnownServer(p.server(), p.address(), p.key()));
        // Our own relays hear in a moment how we reach the others.
        Stream<KnownServer> others =
                isOwn ? Stream.empty() : paths.settled().stream().map(FarPaths.Path::server);
        List<KnownServer> known =
                Stream.concat(linked, others)
                        .filter(server -> !server.server().equals(joiner))
                        .limit(isOwn ? WELCOME_SERVERS_MAX : FOREIGN_WELCOME_SERVERS_MAX)
                        .toList();
        var welcome =
                new ServerWelcome(
                        face.id(),
                        assigned,
                        face.key(),
                        known,
                        isOwn ? self.extensions(frames) : null);
        return isOwn
                ? face.to(joiner, welcome, ts)
                : OutboundFrame.ofOurs(
                        welcome.type().name(),
                        PeerFrames.welcome(welcome, self.advertised(), dialect),
                        face.id().value(),
                        joiner.value(),
                        ts);
    }
}
