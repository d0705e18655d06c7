package io.socp.relay.daemon.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureCheck;
import io.socp.relay.daemon.deliver.FrameWatch;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkBounds;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.dedup.SeenMessages;
import io.socp.relay.engine.Conduct;
import io.socp.relay.engine.Expected;
import io.socp.relay.engine.Offence;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEngine;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.Standings.Standing;
import io.socp.relay.message.MessageType;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.verify.LinkIdentity;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Every measure of this relay, in Prometheus form. Thread-safe.
 *
 * <p>Tags come from closed sets: a message type somebody invents is counted under {@code other}.
 */
@ThreadSafe
public final class RelayMetrics implements FrameWatch, LinkBounds.SlowReaderWatch, AutoCloseable {

    private static final String OTHER = "other";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Map<Verdict, Counter>> frames = new HashMap<>();
    private final Timer verify =
            Timer.builder("socp.verify.duration")
                    .description("RSA verifications")
                    .publishPercentileHistogram()
                    .register(registry);
    private final Timer sign =
            Timer.builder("socp.sign.duration")
                    .description("RSA signatures")
                    .publishPercentileHistogram()
                    .register(registry);
    private final Counter filesDropped =
            Counter.builder("socp.file.parts.dropped")
                    .description("Pieces of files dropped for those who read too slowly for them")
                    .register(registry);
    private final Counter publicDropped =
            Counter.builder("socp.public.messages.dropped")
                    .description("Public messages dropped for users who read too slowly for them")
                    .register(registry);
    private final Map<Loss, Counter> givenUp = new EnumMap<>(Loss.class);
    private final Counter sentAgain =
            Counter.builder("socp.peer.frames.sent.again")
                    .description("Users' frames that went with a lost link and out on another")
                    .register(registry);
    private final Counter slowUsers = slowReaders("user");
    private final Counter slowPeers = slowReaders("peer");

    /** Held here, since the registry refers to them only weakly. */
    private Map<String, Supplier<Number>> tlsHandshakes = Map.of();

    private final DeliveryMeters delivery = new DeliveryMeters(registry);
    private final ProcessMeters process = new ProcessMeters(registry);

    /** Held here for the same reason. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable LimitMetrics limitMetrics;

    public RelayMetrics() {
        for (MessageType type : MessageType.values()) {
            frames.put(type.name(), frameCounters(type.name()));
        }
        frames.put(OTHER, frameCounters(OTHER));
        for (Loss loss : Loss.values()) {
            givenUp.put(
                    loss,
                    Counter.builder("socp.peer.frames.given.up")
                            .description("Users' frames that could not be brought to a peer")
                            .tag("reason", loss.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    /**
     * Adds what is read off the running parts at each scrape. The registry refers to them only
     * weakly, so each is one that the running relay itself holds.
     */
    public void watch(LinkRegistry links, RelayEngine engine, LoopPulse pulse) {
        links("user", links, LinkIdentity.User.class::isInstance);
        links("peer", links, LinkIdentity.Server.class::isInstance);
        links(
                "unknown",
                links,
                identity ->
                        identity instanceof LinkIdentity.Stranger
                                || identity instanceof LinkIdentity.Introducer);
        Gauge.builder("socp.users", engine.users(), UserDirectory::size)
                .description("Users online on the whole network")
                .register(registry);
        Gauge.builder("socp.peers", engine.peers(), p -> p.activeLinks().size())
                .description("Servers linked")
                .register(registry);
        for (Standing standing : Standing.values()) {
            Gauge.builder("socp.peers.wanted", engine.standings(), s -> s.count(standing))
                    .description("Servers that this one wants to be linked with, by how it stands")
                    .tag("state", standing.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("socp.servers.behind.peers", engine.far(), RelayMetrics::behindPeers)
                .description("Servers reached through others")
                .register(registry);
        Gauge.builder("socp.seen.entries", engine.seen(), SeenMessages::size)
                .description("Messages remembered against duplicates")
                .register(registry);
        FunctionCounter.builder(
                        "socp.seen.early.evictions", engine.seen(), SeenMessages::earlyEvictions)
                .description("Messages forgotten before their time: the bound is too low")
                .register(registry);
        for (Offence offence : Offence.values()) {
            FunctionCounter.builder("socp.peer.offences", engine.conduct(), c -> c.count(offence))
                    .description("What peers did that honest ones do rarely, if ever")
                    .tag("kind", offence.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        FunctionCounter.builder("socp.peers.cut", engine.conduct(), Conduct::refusals)
                .description("Peers cut off and refused for a while because of their conduct")
                .register(registry);
        Gauge.builder("socp.loop.delay", pulse, p -> p.worstDelayNs() / 1e9)
                .baseUnit("seconds")
                .description("By how much the last beat of the slowest event loop came too late")
                .register(registry);
        Gauge.builder("socp.loop.lag", pulse, p -> p.oldestBeatNs() / 1e9)
                .baseUnit("seconds")
                .description("How long ago the slowest event loop was seen alive")
                .register(registry);
    }

    /** Adds what is on its way to peers and not confirmed. */
    public void spool(
            Supplier<Number> spooledFrames,
            Supplier<Number> spooledBytes,
            Supplier<Number> oldestWaitNs) {
        Gauge.builder("socp.peer.spool.age", () -> oldestWaitNs.get().doubleValue() / 1e9)
                .baseUnit("seconds")
                .description("For how long the oldest frame waits to be written to a peer")
                .register(registry);
        Gauge.builder("socp.peer.spool.frames", spooledFrames)
                .description("Users' frames on their way to peers and not known to have arrived")
                .register(registry);
        Gauge.builder("socp.peer.spool", spooledBytes)
                .baseUnit("bytes")
                .description("Bytes of users' frames on their way to peers")
                .register(registry);
    }

    /** Adds who could not be told what became of his message; {@code expected} counts them. */
    public void reports(Expected expected) {
        FunctionCounter.builder("socp.reports.given.up", expected, Expected::neverTold)
                .description("Authors not told that a message reached nobody, since they had gone")
                .register(registry);
    }

    /** Adds what became of TLS handshakes, by result. */
    public void tls(Map<String, Supplier<Number>> handshakes) {
        tlsHandshakes = Map.copyOf(handshakes);
        tlsHandshakes.forEach((result, count) ->
                FunctionCounter.builder("socp.tls.handshakes", count, c -> c.get().doubleValue())
                        .description("TLS handshakes, by what became of them")
                        .tag("result", result)
                        .register(registry));
    }

    /** Adds who was turned away, and what was shed. */
    public void limits(LimitMetrics measures) {
        limitMetrics = measures;
        measures.bindTo(registry);
    }

    /** Adds a build's own facts. */
    public void info(String version, String cryptoProvider, String transport) {
        Gauge.builder("socp.build.info", () -> 1)
                .tag("version", version)
                .tag("crypto", cryptoProvider)
                .tag("transport", transport)
                .register(registry);
    }

    /** The same check, timed. */
    public SignatureCheck timed(SignatureCheck check) {
        return (RsaPublicKey key, byte[] message, byte[] signature) ->
                Boolean.TRUE.equals(verify.record(() -> check.verifies(key, message, signature)));
    }

    /** The same signature, timed. */
    public UnaryOperator<byte[]> timed(UnaryOperator<byte[]> signature) {
        return bytes -> {
            Timer.Sample sample = Timer.start(registry);
            byte[] signed = signature.apply(bytes);
            sample.stop(sign);
            return signed;
        };
    }

    @Override
    public void onFrame(String type, Verdict verdict) {
        delivery.onFrame(verdict);
        Map<Verdict, Counter> counters = frames.get(type);
        Counter counter = counters == null ? null : counters.get(verdict);
        if (counter == null) {
            counter = frames.getOrDefault(OTHER, Map.of()).get(verdict);
        }
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void onGivenUp(Loss loss) {
        delivery.onGivenUp(loss);
        Counter counter = givenUp.get(loss);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void onLeft() {
        delivery.onLeft();
    }

    @Override
    public void onRelayed(Destination to, long durationNs) {
        delivery.onRelayed(to, durationNs);
    }

    @Override
    public void onGossip(long lagMs) {
        delivery.onGossip(lagMs);
    }

    @Override
    public void onSentAgain(int count) {
        sentAgain.increment(count);
    }

    @Override
    public void onSlowReader(LinkIdentity identity) {
        (identity instanceof LinkIdentity.Server ? slowPeers : slowUsers).increment();
    }

    @Override
    public void onFileDropped() {
        filesDropped.increment();
    }

    @Override
    public void onPublicDropped(int messages) {
        publicDropped.increment(messages);
    }

    /** All measures in Prometheus' text format. */
    String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        process.close();
        registry.close();
    }

    private static double behindPeers(FarServers far) {
        return StreamSupport.stream(far.all().spliterator(), false)
                .filter(server -> !far.isLinked(server.server()))
                .count();
    }

    private Map<Verdict, Counter> frameCounters(String type) {
        Map<Verdict, Counter> counters = new EnumMap<>(Verdict.class);
        for (Verdict verdict : Verdict.values()) {
            counters.put(
                    verdict,
                    Counter.builder("socp.frames")
                            .description("Frames read, by type and by what became of them")
                            .tag("type", type)
                            .tag("verdict", verdict.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        return counters;
    }

    private Counter slowReaders(String kind) {
        return Counter.builder("socp.slow.readers")
                .description("Links closed because they did not read what was written to them")
                .tag("kind", kind)
                .register(registry);
    }

    private void links(String kind, LinkRegistry links, Predicate<LinkIdentity> isOfKind) {
        Gauge.builder(
                        "socp.links",
                        links,
                        l -> l.all().stream().filter(x -> isOfKind.test(x.identity())).count())
                .description("Open links")
                .tag("kind", kind)
                .register(registry);
        Gauge.builder(
                        "socp.outbound.queue",
                        links,
                        l ->
                                l.all().stream()
                                        .filter(x -> isOfKind.test(x.identity()))
                                        .mapToLong(Link::queuedBytes)
                                        .sum())
                .baseUnit("bytes")
                .description("Bytes waiting to be written")
                .tag("kind", kind)
                .register(registry);
        Gauge.builder(
                        "socp.outbound.queue.age",
                        links,
                        l ->
                                l.all().stream()
                                                .filter(x -> isOfKind.test(x.identity()))
                                                .mapToLong(Link::queuedNs)
                                                .max()
                                                .orElse(0)
                                        / 1e9)
                .baseUnit("seconds")
                .description("For how long something waits for the slowest link without a break")
                .tag("kind", kind)
                .register(registry);
    }
}
