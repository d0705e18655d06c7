package io.socp.relay.testing;

import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.Expected;
import io.socp.relay.engine.Intake;
import io.socp.relay.engine.Notice;
import io.socp.relay.engine.Outcome;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEngine;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.engine.Self;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.limit.Bans;
import io.socp.relay.mesh.ProvenLink;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import io.socp.relay.verify.TlsPeer;
import io.socp.relay.verify.Vetted;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * One relay: the real engine with the real crypto, and around it what the daemon does, on the
 * timeline's one thread. Effects are carried out in order before the next frame is taken.
 */
public final class SimulatedRelay {

    private static final EnvelopeCodec CODEC = new EnvelopeCodec(EnvelopeLimits.DEFAULT);
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long EARLY_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int EARLY_LOOKS = 20;
    private static final long HEARD_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final SimulatedMesh mesh;
    private final Server server;
    private final RandomGenerator random;
    private final FrameSigner signer;
    private final List<Notice> notices = new ArrayList<>();
    private final Map<Outcome.Verdict, Integer> verdicts = new EnumMap<>(Outcome.Verdict.class);
    private final Map<LinkId, Connection> connections = new TreeMap<>();
    private final Map<ServerId, Set<String>> framesOfPeer = new HashMap<>();
    private final Map<ServerId, List<OutboundFrame>> spooled = new HashMap<>();
    private final Map<LinkId, String> origins = new HashMap<>();
    private List<Introducer> introducers = List.of();
    private RelayEngine engine;
    private Expected expected = new Expected();
    private long nextLink = 1;
    private int dials;
    private int signatures;

    SimulatedRelay(SimulatedMesh mesh, Server server, RandomGenerator random) {
        this.mesh = mesh;
        this.server = server;
        this.random = random;
        this.signer =
                new FrameSigner(bytes -> {
                    signatures++;
                    return server.keys().signer().sign(bytes);
                });
    }

    /** Starts with empty tables and these introducers. */
    public SimulatedRelay start(List<Introducer> bootstrap) {
        introducers = bootstrap;
        expected = new Expected();
        engine =
                RelayEngine.create(
                        new Self(server.id(), server.key(), server.address()),
                        EngineSettings.standard(),
                        bootstrap,
                        new RelayEngine.Surroundings(
                                mesh.timeline().clock(),
                                random,
                                new SignatureVerifier(),
                                link -> origins.getOrDefault(link, ""),
                                new Bans(),
                                expected));
        tick(engine);
        return this;
    }

    /** Loses all state and every connection. */
    public void crash() {
        engine = null;
        connections.values().forEach(c -> c.side.close());
        connections.clear();
        framesOfPeer.clear();
        spooled.clear();
    }

    public void restart() {
        start(introducers);
    }

    public boolean isRunning() {
        return engine != null;
    }

    public Server server() {
        return server;
    }

    /** Who is away for a moment. */
    public Expected expected() {
        return expected;
    }

    public RelayEngine engine() {
        return engine;
    }

    /** Notices to the operator, oldest first. */
    public List<String> notices() {
        return notices.stream().map(n -> n.severity() + " " + n.text()).toList();
    }

    /** Connections this relay tried to open. */
    public int dials() {
        return dials;
    }

    /** RSA private operations this relay has made. */
    public int signatures() {
        return signatures;
    }

    public int count(Outcome.Verdict verdict) {
        return verdicts.getOrDefault(verdict, 0);
    }

    /** Open links to that server, whoever dialled. */
    public int linksTo(Server peer) {
        return (int)
                connections.values().stream()
                        .filter(c -> peer.id().equals(peerOn(c)))
                        .filter(c -> !c.side.isClosed())
                        .count();
    }

    /** Whose frames this connection carries; used by {@link SimulatedMesh}. */
    LinkId attach(SimulatedLink.Side side) {
        LinkId id = new LinkId(nextLink++);
        connections.put(id, new Connection(id, side));
        return id;
    }

    /** The link's TLS handshake has shown this. */
    void secured(LinkId link, TlsPeer tls) {
        ifOpen(link, connection -> connection.identity = connection.identity.over(tls));
    }

    /** The link's other end has this network address. */
    void comesFrom(LinkId link, String origin) {
        origins.put(link, origin);
    }

    /** The control plane is told this. */
    public void onEvent(RelayEvent event) {
        if (engine != null) {
            List<RelayEffect> effects = new ArrayList<>();
            engine.controlPlane().onEvent(event, mesh.now(), effects::add);
            effects.forEach(this::execute);
        }
    }

    private void tick(RelayEngine running) {
        if (engine == running) {
            onEvent(new RelayEvent.Tick());
            List.copyOf(spooled.keySet()).forEach(this::empty);
            mesh.timeline().after(TICK_NS, "", () -> tick(running));
        }
    }

    private void take(Connection from, byte[] bytes) {
        switch (CODEC.decode(bytes)) {
            case DecodeFailure failure ->
                    carryOut(
                            engine.dataPath()
                                    .undecodable(failure, from.id, from.identity, mesh.now()));
            case Decoded(Envelope envelope) -> take(from, envelope);
        }
    }

    private void take(Connection from, Envelope envelope) {
        ServerId peer = peerOn(from);
        if (peer != null && !envelope.type().startsWith("USER_")) {
            // Presence may be told again after a peer was away; a message never goes back.
            framesOfPeer.computeIfAbsent(peer, _ -> new HashSet<>()).add(text(envelope.bytes()));
        }
        take(from, envelope, EARLY_LOOKS);
    }

    private void take(Connection from, Envelope envelope, int looks) {
        var path = engine.dataPath();
        switch (path.intake(envelope, from.id, from.identity, mesh.now())) {
            case Intake.Ended(Outcome outcome) -> carryOut(outcome);
            case Intake.Waiting(var vetted, _, var recipient) ->
                    await(
                            () -> !path.absences().isAwaited(recipient, mesh.now()),
                            () -> work(from, vetted));
            case Intake.Early early when looks == 0 ->
                    carryOut(path.absences().inVain(early, envelope, from.identity, mesh.now()));
            case Intake.Early _ -> {
                RelayEngine running = engine;
                mesh.timeline()
                        .after(
                                EARLY_INTERVAL_NS,
                                "",
                                () -> {
                                    if (engine == running) {
                                        take(from, envelope, looks - 1);
                                    }
                                });
            }
            case Intake.Work(var vetted) -> work(from, vetted);
        }
    }

    private void work(Connection from, Vetted vetted) {
        Outcome outcome = engine.dataPath().process(vetted, from.id, from.identity, mesh.now());
        if (outcome.verdict() == Outcome.Verdict.ACCEPTED) {
            heard(from);
        }
        carryOut(outcome);
    }

    private void await(BooleanSupplier condition, Runnable action) {
        RelayEngine running = engine;
        if (condition.getAsBoolean()) {
            action.run();
        } else {
            mesh.timeline()
                    .after(
                            EARLY_INTERVAL_NS,
                            "",
                            () -> {
                                if (engine == running) {
                                    await(condition, action);
                                }
                            });
        }
    }

    private void heard(Connection from) {
        long nowNs = mesh.now().ns();
        if (peerOn(from) != null && nowNs - from.heardNs >= HEARD_INTERVAL_NS) {
            from.heardNs = nowNs;
            onEvent(new RelayEvent.LinkHeard(from.id));
        }
    }

    private void carryOut(Outcome outcome) {
        verdicts.merge(outcome.verdict(), 1, Integer::sum);
        outcome.effects().forEach(this::execute);
    }

    private void execute(RelayEffect effect) {
        switch (effect) {
            case RelayEffect.Send(var links, var frame) -> links.forEach(l -> write(l, frame));
            case RelayEffect.HandOver(var link, var frame, var complaint) -> {
                if (connections.containsKey(link)) {
                    write(link, frame);
                } else if (complaint != null) {
                    onEvent(new RelayEvent.Undelivered(complaint));
                }
            }
            case RelayEffect.Convey(var servers, var frame, _, _) ->
                    servers.forEach(server -> convey(server, frame));
            case RelayEffect.SendError(var link, var frame) -> write(link, frame);
            case RelayEffect.Replay(var link, var frames) -> frames.forEach(f -> write(link, f));
            case RelayEffect.SendToUsers(var audience, var except, var frame) ->
                    connections.values().stream()
                            .filter(c -> !c.id.equals(except) && isIn(audience, c.identity))
                            .toList()
                            .forEach(c -> write(c.id, frame.in(engine.dialects().of(c.id))));
            case RelayEffect.Identify(var link, var identity) ->
                    ifOpen(link, c -> identify(c, identity));
            case RelayEffect.Close(var link, _, _) -> ifOpen(link, c -> c.side.close());
            case RelayEffect.Part(var link, _, _) -> ifOpen(link, c -> c.side.close());
            case RelayEffect.Dial(var contact, var address, _) -> {
                dials++;
                mesh.dial(this, contact, address);
            }
            case RelayEffect.Rename _ -> throw new AssertionError("nobody assigns ids here");
            case RelayEffect.Post(var event) -> onEvent(event);
            case RelayEffect.Report(var notice) -> notices.add(notice);
        }
    }

    /** What the daemon's outbox does, but for its bounds and for what a link loses under way. */
    private void convey(ServerId to, OutboundFrame frame) {
        spooled.computeIfAbsent(to, _ -> new ArrayList<>()).add(frame);
        empty(to);
    }

    private void empty(ServerId outbox) {
        ProvenLink proven = engine.peers().provenLinkTo(outbox);
        if (proven != null && connections.containsKey(proven.link())) {
            spooled.remove(outbox).forEach(frame -> write(proven.link(), frame));
        }
    }

    private void identify(Connection connection, LinkIdentity identity) {
        connection.identity = identity.over(connection.identity.tls());
        if (identity instanceof LinkIdentity.Server(ServerId peer, _, _)
                && spooled.containsKey(peer)) {
            empty(peer);
        }
    }

    private void write(LinkId link, OutboundFrame frame) {
        ifOpen(
                link,
                connection -> {
                    FrameProof frames = connection.identity.frames();
                    if (frame.needs() == FrameProof.LINK && frames != FrameProof.LINK) {
                        throw new AssertionError("an unsigned frame on a link that is no proof");
                    }
                    byte[] bytes = frame.bytes(frames, signer);
                    ServerId peer = peerOn(connection);
                    if (peer != null
                            && framesOfPeer.getOrDefault(peer, Set.of()).contains(text(bytes))) {
                        throw new AssertionError(
                                server.id() + " returned a frame to " + peer + ": " + text(bytes));
                    }
                    connection.side.send(bytes);
                });
    }

    private void ifOpen(LinkId link, java.util.function.Consumer<Connection> action) {
        Connection connection = connections.get(link);
        if (connection != null) {
            action.accept(connection);
        }
    }

    private static boolean isIn(Audience audience, LinkIdentity identity) {
        return identity instanceof LinkIdentity.User(_, _, PresenceFeed feed, _)
                && switch (audience) {
                    case EVERYONE -> true;
                    case PRESENCE_FEED -> feed == PresenceFeed.PUSHED;
                };
    }

    private static ServerId peerOn(Connection connection) {
        return connection.identity instanceof LinkIdentity.Server(ServerId peer, _, _)
                ? peer
                : null;
    }

    private static String text(byte[] frame) {
        return new String(frame, StandardCharsets.UTF_8);
    }

    /** This relay's side of a link. */
    private final class Connection implements SimulatedLink.End {

        private final LinkId id;
        private final SimulatedLink.Side side;
        private LinkIdentity identity = new LinkIdentity.Stranger();
        private long heardNs = Long.MIN_VALUE / 2;

        Connection(LinkId id, SimulatedLink.Side side) {
            this.id = id;
            this.side = side;
            side.attach(this);
        }

        @Override
        public void onFrame(byte[] frame) {
            if (connections.get(id) == this) {
                take(this, frame);
            }
        }

        @Override
        public void onClosed() {
            if (connections.remove(id, this)) {
                onEvent(new RelayEvent.LinkClosed(id));
            }
        }
    }
}
