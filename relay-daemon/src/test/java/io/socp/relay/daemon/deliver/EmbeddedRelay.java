package io.socp.relay.daemon.deliver;

import io.netty.channel.embedded.EmbeddedChannel;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkBounds;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.daemon.offload.ManualPool;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.transport.Doorkeeper;
import io.socp.relay.daemon.transport.LinkFactory;
import io.socp.relay.daemon.transport.ServerChannelInitializer;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.Expected;
import io.socp.relay.engine.LinkOrigins;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEngine;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.engine.Self;
import io.socp.relay.engine.TrailStep;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.limit.AddressAccount;
import io.socp.relay.limit.AddressAccounts;
import io.socp.relay.limit.Bans;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.Limits;
import io.socp.relay.limit.Pressure;
import io.socp.relay.message.MessageReference;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The whole relay A but for sockets and threads: each stage moves when the test says so. The links
 * are embedded channels behind the real initialiser.
 */
final class EmbeddedRelay {

    private static final Server SELF = Actors.A;

    private final VirtualClock clock = new VirtualClock();
    private final ManualPool pool = new ManualPool();
    private final EmbeddedChannel meshLoop = new EmbeddedChannel();
    private final LinkRegistry registry = new LinkRegistry();
    private final List<FarEnd> ends = new ArrayList<>();
    private final List<String> verdicts = new ArrayList<>();
    private final Limits limits = new Limits(LimitOptions.standard());
    private final Pressure pressure = new Pressure(limits);
    private final List<AddressAccount> forgers = new ArrayList<>();
    private final Expected expected = new Expected();
    private final WaitingRoom room = new WaitingRoom();
    private final List<RelayEvent> posted = new ArrayList<>();
    private final RelayEngine engine;
    private final ServerChannelInitializer initializer;

    EmbeddedRelay() {
        engine =
                RelayEngine.create(
                        new Self(SELF.id(), SELF.key(), SELF.address()),
                        EngineSettings.standard(),
                        List.of(),
                        new RelayEngine.Surroundings(
                                clock,
                                new Random(1),
                                new SignatureVerifier(),
                                LinkOrigins.UNKNOWN,
                                new Bans(),
                                expected));
        ControlLoop[] control = new ControlLoop[1];
        Courier courier =
                new Courier(
                        registry,
                        engine.dialects(),
                        new PeerOutboxes(
                                SpoolBounds.standard(EngineSettings.standard().clockSkewMax()),
                                engine.peers()::provenLinkTo,
                                clock,
                                this::count,
                                event -> control[0].post(event)),
                        new FrameSigner(SELF.keys().signer()::sign),
                        _ -> {},
                        event -> {
                            posted.add(event);
                            control[0].post(event);
                        },
                        _ -> {});
        control[0] =
                new ControlLoop(
                        meshLoop.eventLoop(),
                        pool.lane(meshLoop.eventLoop()),
                        engine.controlPlane(),
                        courier,
                        clock);
        FrameIntake.Context context =
                new FrameIntake.Context(
                        engine.dataPath(),
                        courier,
                        clock,
                        this::count,
                        control[0]::post,
                        3,
                        room,
                        new IntakeBounds(limits, pressure, forgers::add));
        LinkOptions options = LinkOptions.standard();
        LinkBounds bounds =
                new LinkBounds(options.userQueueBytesMax(), options.peerQueueBytesMax(), _ -> {});
        LinkFactory factory =
                new LinkFactory(
                        options,
                        bounds,
                        registry,
                        new EnvelopeCodec(EnvelopeLimits.DEFAULT),
                        clock,
                        link -> new FrameIntake(link, pool.lane(link.loop()), context));
        initializer =
                new ServerChannelInitializer(
                        new Doorkeeper(limits, new AddressAccounts(), _ -> false, clock),
                        factory,
                        () -> new byte[0]);
    }

    /** A WebSocket to the relay. */
    FarEnd connect() {
        FarEnd end = new FarEnd(initializer).upgrade();
        ends.add(end);
        return end;
    }

    /** Does the RSA work that waits. */
    void runPool() {
        while (pool.runOne()) {}
    }

    /** Runs what waits for the loops of the links. */
    void runLinks() {
        ends.forEach(end -> end.server().runPendingTasks());
    }

    /** Runs what waits for the mesh loop. */
    void runMesh() {
        meshLoop.runPendingTasks();
    }

    /** Runs everything until nothing is left. */
    void settle() {
        for (int i = 0; i < 20; i++) {
            runPool();
            runLinks();
            runMesh();
        }
    }

    /** Lets time go by on the links, and runs what comes of it. */
    void pass(Duration time) {
        clock.advanceMs(time.toMillis());
        ends.forEach(end -> end.advance(time));
        settle();
    }

    /** What the links are bound by; may be replaced. */
    Limits limits() {
        return limits;
    }

    Pressure pressure() {
        return pressure;
    }

    /** Addresses that have shown too many wrong signatures, as often as it was said. */
    List<AddressAccount> forgers() {
        return List.copyOf(forgers);
    }

    /** Who is away for a moment. */
    Expected expected() {
        return expected;
    }

    /** The frames that wait. */
    WaitingRoom room() {
        return room;
    }

    /** What came of frames for the control plane. */
    List<RelayEvent> posted() {
        return List.copyOf(posted);
    }

    Moment now() {
        return clock.now();
    }

    LinkRegistry registry() {
        return registry;
    }

    RelayEngine engine() {
        return engine;
    }

    /** Type and verdict of each frame dealt with, in order. */
    List<String> verdicts() {
        return List.copyOf(verdicts);
    }

    /** What was done with a message that has a content signature. */
    List<TrailStep> steps(Envelope message) {
        String signature = ScriptedEnd.text(message, "content_sig");
        return engine.trail().steps(MessageReference.of(signature).orElseThrow(), clock.now());
    }

    /** Links that are told what users are told. */
    List<Link> userLinks() {
        List<Link> all = new ArrayList<>();
        registry.onEachLoop(users -> all.addAll(users.all()));
        return all;
    }

    void finish() {
        ends.forEach(FarEnd::finish);
        settle();
        meshLoop.finishAndReleaseAll();
    }

    private void count(String type, Verdict verdict) {
        verdicts.add(type + " " + verdict);
    }
}
