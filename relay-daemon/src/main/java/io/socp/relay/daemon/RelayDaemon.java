package io.socp.relay.daemon;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.crypto.Signer;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.DataDir;
import io.socp.relay.daemon.config.LiveSettings;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.daemon.config.RelayOptions.Bind;
import io.socp.relay.daemon.config.TlsOptions.Mode;
import io.socp.relay.daemon.deliver.IntakeBounds;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.daemon.log.LogSetup;
import io.socp.relay.daemon.offload.CryptoPool;
import io.socp.relay.daemon.ops.Access;
import io.socp.relay.daemon.ops.AddressBans;
import io.socp.relay.daemon.ops.BanFile;
import io.socp.relay.daemon.ops.Inventory;
import io.socp.relay.daemon.ops.LimitMetrics;
import io.socp.relay.daemon.ops.LoopPulse;
import io.socp.relay.daemon.ops.ManagementInitializer;
import io.socp.relay.daemon.ops.MemoryWatch;
import io.socp.relay.daemon.ops.Operations;
import io.socp.relay.daemon.ops.Readiness;
import io.socp.relay.daemon.ops.RelayMetrics;
import io.socp.relay.daemon.transport.Doorkeeper;
import io.socp.relay.daemon.transport.EventLoops;
import io.socp.relay.daemon.transport.ProtocolPort;
import io.socp.relay.daemon.transport.ServerChannelInitializer;
import io.socp.relay.daemon.transport.TlsContexts;
import io.socp.relay.daemon.transport.TlsCounts;
import io.socp.relay.daemon.transport.TlsDial;
import io.socp.relay.daemon.transport.TlsGate;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.Expected;
import io.socp.relay.engine.RelayEngine;
import io.socp.relay.engine.Self;
import io.socp.relay.identity.ServerId;
import io.socp.relay.limit.AddressAccounts;
import io.socp.relay.limit.Bans;
import io.socp.relay.limit.Limits;
import io.socp.relay.limit.Pressure;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.time.Deadline;
import io.socp.relay.time.Ticker;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running relay: the composition root. Several may run in one process.
 *
 * <p>Starts from the inside out (loops, engine, ports) and stops from the outside in: first nobody
 * new is accepted or dialled, then the links are closed with a reason, then the loops end.
 */
public final class RelayDaemon implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RelayDaemon.class);

    /** How long it may take to stop, where nothing is to be brought away first. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    /** Of that, what is left to the threads when links do not close. */
    private static final Duration THREADS_TIME = Duration.ofMillis(250);

    private static final String BANS_FILE = "bans";
    private static final String RESTART_FILE = "restart";

    /** How often a leaf's age is looked at. */
    private static final Duration TLS_CHECK = Duration.ofHours(1);

    private final EventLoops loops;
    private final EventLoop meshLoop = new DefaultEventLoop(new DefaultThreadFactory("mesh", true));
    private final CryptoPool crypto;
    private final RelayMetrics metrics = new RelayMetrics();
    private final LinkRegistry links = new LinkRegistry();
    private final Readiness readiness = new Readiness();
    private final Bans bans = new Bans();
    private final Expected expected = new Expected();
    private final RestartMark restart;
    private final Limits limits;
    private final BanFile banFile;
    private final Ticker ticker = new SystemTicker();
    private final ProtocolPort protocolPort;
    private final ProtocolPort managementPort;
    private final ServerId id;
    private final CompletableFuture<ServerId> assignedId = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> drainWanted = new CompletableFuture<>();
    private final Operations operations;
    private final TlsContexts tls;
    private final TlsCounts tlsCounts = new TlsCounts();
    private final Mesh mesh;

    private RelayDaemon(LiveSettings live, DataDir dataDir) throws IOException {
        RelayOptions options = live.options();
        int cores = Runtime.getRuntime().availableProcessors();
        this.id = new ServerId(options.serverIdPrefix() + dataDir.id());
        this.limits = new Limits(options.limits());
        this.loops = new EventLoops(cores, options.transport());
        this.crypto = new CryptoPool(cores, ticker);
        this.banFile = new BanFile(dataDir.file(BANS_FILE));
        this.restart = new RestartMark(dataDir.file(RESTART_FILE));
        try {
            banFile.load().forEach(ban -> bans.add(ban, ticker.now().epochMs()));
            this.tls =
                    new TlsContexts(
                            () -> live.options().tls(),
                            dataDir.key(),
                            id.value(),
                            OwnAddress.hosts(options),
                            ticker);
            this.protocolPort = bind(options.listen());
            this.managementPort =
                    ProtocolPort.bindForOperators(
                            loops,
                            options.management().listen().host(),
                            options.management().listen().port());
        } catch (IOException taken) {
            stopThreads(Deadline.in(STOP_TIMEOUT, ticker));
            throw taken;
        }
        var parts = open(live, dataDir);
        this.mesh = parts.mesh();
        this.operations = parts.operations();
    }

    /** Starts a relay; when this returns, it accepts users and servers. */
    public static RelayDaemon start(RelayOptions options, DataDir dataDir) throws IOException {
        return start(LiveSettings.of(options), dataDir);
    }

    /** The same with settings that may change. */
    public static RelayDaemon start(LiveSettings live, DataDir dataDir) throws IOException {
        return new RelayDaemon(live, dataDir);
    }

    /** Reads the settings again and takes up what can be; says in log and audit what came of it. */
    public void reload(String by) {
        var _ = operations.reload(by);
    }

    /** Whether the files that the options name can be used; starts nothing. */
    public static void check(RelayOptions options) throws ConfigurationException {
        try {
            TlsContexts.check(options.tls());
        } catch (IOException unusable) {
            throw new ConfigurationException(String.valueOf(unusable.getMessage()));
        }
    }

    public ServerId id() {
        return id;
    }

    /**
     * The id an introducer has assigned to this server, because its own is taken (SOCP §8.1): the
     * relay is to be started anew under it. Completes at most once, mostly never.
     */
    public CompletableFuture<ServerId> assignedId() {
        return assignedId.copy();
    }

    /** An operator wants the relay to end; completes on a loop, which must not wait for that. */
    public CompletableFuture<@Nullable Void> drainWanted() {
        return drainWanted.copy();
    }

    /** The protocol port bound. */
    public int port() {
        return protocolPort.port();
    }

    /** The management port bound. */
    public int managementPort() {
        return managementPort.port();
    }

    /**
     * Ends in good order: lets nobody in, tells everyone, brings away what was taken on, and stops;
     * within that time.
     */
    public void drain(Duration grace) {
        Deadline deadline = Deadline.in(grace, ticker);
        readiness.enter(Readiness.State.DRAINING);
        protocolPort.close();
        mesh.stopDialling();
        restart.set(ticker.now());
        Departures scene = new Departures(mesh, links, expected);
        Shutdown.Left left = new Shutdown(scene, ticker, grace).run();
        if (left.isNothing()) {
            LOG.info("all that was taken on is brought away");
        } else {
            LOG.warn(
                    "left behind: {} messages for users who did not come back elsewhere, {} frames"
                            + " that no peer has confirmed, {} links",
                    left.waiting(),
                    left.unconfirmed(),
                    left.open());
        }
        stop(deadline.atLeast(THREADS_TIME));
    }

    /** Tells everyone goodbye, waits a little for it to be read, and stops. */
    @Override
    public void close() {
        stop(Deadline.in(STOP_TIMEOUT, ticker));
    }

    private void stop(Deadline deadline) {
        Deadline linksDeadline = deadline.before(THREADS_TIME);
        readiness.enter(Readiness.State.DRAINING);
        protocolPort.close();
        // First of all, or it would mourn the links that are closed now, and dial anew.
        stopMesh(linksDeadline);
        for (Link link : List.copyOf(links.all())) {
            link.loop().execute(() -> link.close(CloseReason.GOING_AWAY, "relay is stopping"));
        }
        while (!links.all().isEmpty() && !linksDeadline.isOver()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        managementPort.close();
        stopThreads(deadline);
        metrics.close();
        LOG.info("relay {} stopped", id);
    }

    private ProtocolPort bind(Bind address) throws IOException {
        return ProtocolPort.bind(loops, address.host(), address.port());
    }

    /** What is asked for something after the start. */
    private record Parts(Mesh mesh, Operations operations) {}

    /** Puts the parts together and opens the ports. */
    private Parts open(LiveSettings live, DataDir dataDir) {
        if (restart.isRestart(ticker.now())) {
            expected.everyone(ticker.now().nsAfter(RestartMark.RETURN));
        }
        RelayOptions options = live.options();
        Signer signer = dataDir.key().signer();
        Self self = new Self(id, signer.publicKey(), OwnAddress.advertised(options, port()));
        RelayEngine engine =
                RelayEngine.create(
                        self,
                        options.engine(),
                        options.introducers(),
                        new RelayEngine.Surroundings(
                                ticker,
                                new SplittableRandom(new SecureRandom().nextLong()),
                                metrics.timed(new SignatureVerifier()),
                                links::originOf,
                                bans,
                                expected));
        // Bounds want operations, which want to reload the mesh, which wants bounds.
        CompletableFuture<Mesh> made = new CompletableFuture<>();
        Operations operations =
                new Operations(
                        engine,
                        links,
                        bans,
                        banFile,
                        () -> drainWanted.complete(null),
                        new Reload(
                                live,
                                tls,
                                limits,
                                new LogSetup()::prepare,
                                event -> made.join().post(event)),
                        ticker);
        AddressBans addressBans =
                new AddressBans(
                        operations, bans, limits, ticker, Thread.ofVirtual().name("ban")::start);
        Pressure pressure = new Pressure(limits);
        IntakeBounds bounds = new IntakeBounds(limits, pressure, addressBans);
        AddressAccounts accounts = new AddressAccounts();
        Doorkeeper door = new Doorkeeper(limits, accounts, addressBans::isShutOut, ticker);
        Mesh mesh =
                new Mesh(
                        new Mesh.Ground(loops, meshLoop, crypto, links, metrics, ticker, bounds),
                        live,
                        engine,
                        new FrameSigner(metrics.timed(signer::sign)),
                        new TlsDial(tls, tlsCounts),
                        assignedId::complete);
        made.complete(mesh);
        LoopPulse pulse = new LoopPulse(ticker);
        pulse.watch(loops.workers());
        pulse.watch(List.of(meshLoop));
        metrics.watch(links, engine, pulse);
        metrics.reports(expected);
        metrics.spool(
                mesh.outboxes()::frames, mesh.outboxes()::bytes, mesh.outboxes()::oldestWaitNs);
        metrics.tls(
                Map.of(
                        "done", tlsCounts::done,
                        "failed", tlsCounts::failed,
                        "wrong_key", tlsCounts::wrongKeys,
                        "plain_refused", tlsCounts::plain));
        metrics.limits(new LimitMetrics(door::refused, pressure, accounts, addressBans));
        metrics.info(Version.current(), CryptoProvider.chosen().name(), loops.kind());
        protocolPort.accept(
                new ServerChannelInitializer(
                        door,
                        mesh.factory(),
                        () -> InformationDocument.json(self, live.options()),
                        new TlsGate(options.tls(), tls, tlsCounts)));
        managementPort.accept(
                new ManagementInitializer(
                        metrics,
                        pulse,
                        readiness,
                        new Inventory(self, Version.current(), engine, links, readiness, ticker),
                        operations,
                        () -> new Access(live.options().management().token()),
                        limits));
        readiness.enter(Readiness.State.READY);
        mesh.start(meshLoop);
        MemoryWatch memory = new MemoryWatch(pressure);
        var _ =
                meshLoop.scheduleAtFixedRate(
                        memory::look,
                        MemoryWatch.INTERVAL.toMillis(),
                        MemoryWatch.INTERVAL.toMillis(),
                        TimeUnit.MILLISECONDS);
        var _ =
                meshLoop.scheduleAtFixedRate(
                        () -> Thread.ofVirtual().name("tls-renewal").start(this::renewTls),
                        TLS_CHECK.toMinutes(),
                        TLS_CHECK.toMinutes(),
                        TimeUnit.MINUTES);
        // Without TLS on the port it is for servers we dial: they shall not wait for it, nor we.
        Thread.ofVirtual().name("tls-preparation").start(tls::prepare);
        if (options.tls().mode() != Mode.OFF) {
            LOG.info("TLS is {}, by {}", options.tls().mode(), tls.library());
        }
        LOG.info(
                "relay {} listens on {}:{}, advertises {}, key {}, {} on {}",
                id,
                options.listen().host(),
                port(),
                self.advertised(),
                self.key().fingerprint(),
                CryptoProvider.chosen().name(),
                loops.kind());
        return new Parts(mesh, operations);
    }

    private void renewTls() {
        try {
            tls.renewIfDue();
        } catch (IOException unusable) {
            LOG.warn("the TLS certificate stays as it is: {}", unusable.getMessage());
        }
    }

    private void stopThreads(Deadline deadline) {
        stopMesh(deadline);
        loops.close(deadline);
        crypto.close();
    }

    private void stopMesh(Deadline deadline) {
        meshLoop.shutdownGracefully(0, deadline.leftMs(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(deadline.leftMs());
    }
}
