package io.socp.relay.client.load;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.socp.relay.client.session.SocketTransport;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.message.MessageType;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all workloads share: one event loop for all connections, the users on it, and the measured
 * time. Used by one thread, once.
 */
final class LoadRun implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LoadRun.class);

    /** Between two lines about a long run. */
    private static final Duration REPORT = Duration.ofSeconds(30);

    /** After the run, for what is still under way. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final long DRAIN_STEP_MS = 20;

    /** Threads for hellos that are signed while connections are made. */
    private static final int SIGNERS = Runtime.getRuntime().availableProcessors();

    private final LoadOptions options;
    private final Corpus corpus;
    private final ExecutorService signing;
    private final Hellos hellos;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final Tally tally = new Tally();
    private final Map<URI, Endpoint> endpoints = new LinkedHashMap<>();

    LoadRun(LoadOptions options, Corpus corpus) {
        this.options = options;
        this.corpus = corpus;
        this.signing =
                Executors.newFixedThreadPool(SIGNERS, new DefaultThreadFactory("sign", true));
        this.hellos =
                options.security().mode() == LinkMode.AUTHENTICATED
                        ? new LinkHellos(corpus, signing)
                        : new SignedHellos(corpus, options.dialect());
        this.group = SocketTransport.chosen().newEventLoops(1, "socp-load");
        this.loop = group.next();
        List<RsaPublicKey> keys = options.security().serverKeys();
        for (int i = 0; i < options.servers().size(); i++) {
            RsaPublicKey expected = keys.isEmpty() ? null : keys.get(i);
            endpoints.computeIfAbsent(
                    options.servers().get(i), server -> endpoint(server, expected));
        }
    }

    private Endpoint endpoint(URI server, @Nullable RsaPublicKey expected) {
        boolean isResuming = options.security().isResuming();
        return new Endpoint(
                server,
                Endpoint.isOverTls(server) ? new LoadTls(server, expected, isResuming) : null);
    }

    LoadOptions options() {
        return options;
    }

    Corpus corpus() {
        return corpus;
    }

    EventLoop loop() {
        return loop;
    }

    Tally tally() {
        return tally;
    }

    /** Users who are nowhere yet; the first has the first key, and so on, round and round. */
    List<LoadUser> newUsers(int count) {
        return IntStream.range(0, count)
                .mapToObj(number ->
                        new LoadUser(number, corpus.spec().keys(), hellos, options.dialect()))
                .toList();
    }

    /** What of these payloads a stream uses, of so many streams. */
    Slice used(Slice payloads, int streams) {
        return options.security().mode().isSigned()
                ? payloads
                : payloads.atMost(LinkScript.FRAMES_MAX / streams);
    }

    /** The frames of one sender; signs them where that is not done yet. Not on the loop. */
    Script script(LoadUser sender, String to, Slice payloads) {
        MessageType type =
                to.equals(FanOut.CHANNEL) ? MessageType.MSG_PUBLIC_CHANNEL : MessageType.MSG_DIRECT;
        return options.security().mode().isSigned()
                ? new SignedScript(type, sender.id(), to, corpus, payloads)
                : LinkScript.sign(
                        type,
                        sender.id(),
                        to,
                        corpus.key(sender.key()).signer(),
                        payloads,
                        corpus.spec().textBytes());
    }

    /** Connects some of this run's users, so many at once. */
    Connector connector(URI server, int atOnce, boolean isSlow) {
        Endpoint endpoint = endpoints.get(server);
        if (endpoint == null) {
            throw new IllegalArgumentException(server + " is no server of this run");
        }
        return new Connector(loop, open, endpoint, atOnce, isSlow);
    }

    /** Connects them all, or says which first thing went wrong. */
    void connect(List<LoadUser> newcomers, URI server, boolean isSlow) throws IOException {
        AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
        try {
            connector(server, Connector.AT_ONCE, isSlow)
                    .connect(newcomers, (_, failure) -> first.compareAndSet(null, failure))
                    .join();
        } catch (CompletionException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
        Throwable cause = first.get();
        if (cause != null) {
            throw new IOException("cannot say hello: " + cause.getMessage(), cause);
        }
    }

    /**
     * Lets traffic run, and measures after the warm-up.
     *
     * @throws IOException when nothing has arrived at all
     */
    LoadResult measure(String workload, Traffic traffic) throws IOException, InterruptedException {
        onLoop(() -> traffic.start(options));
        sleep(options.warmUp());
        onLoop(() -> tally.measure(true));
        Usage.Start start = Usage.Start.now(options.pids());
        for (Duration left = options.duration(); left.isPositive(); left = left.minus(REPORT)) {
            sleep(left.compareTo(REPORT) < 0 ? left : REPORT);
            report(workload, start.untilNow());
        }
        onLoop(() -> tally.measure(false));
        Usage usage = start.untilNow();
        onLoop(traffic::stop);
        drain(traffic);
        Counts counts = call(tally::counts);
        if (counts.measured() == 0) {
            String complaint = counts.complaint();
            throw new IOException(
                    "no message has arrived" + (complaint == null ? "" : "; last: " + complaint));
        }
        return result(workload, counts, usage);
    }

    /** What this run has measured. */
    LoadResult result(String workload, Counts counts, Usage usage) throws InterruptedException {
        return new LoadResult(workload, options, corpus.spec(), counts, usage, call(this::tls));
    }

    private TlsReport tls() {
        TlsReport all = TlsReport.NONE;
        for (Endpoint endpoint : endpoints.values()) {
            LoadTls tls = endpoint.tls();
            all = tls == null ? all : all.and(tls.report());
        }
        return all;
    }

    /** For who watches a long run; a short one is over before it says anything. */
    private void report(String workload, Usage soFar) throws InterruptedException {
        if (options.duration().compareTo(REPORT) > 0) {
            Counts counts = call(tally::counts);
            log.info(
                    "{}: {} s, {} sent, {} received, {} lost, {} doubled, errors {}, {} MiB",
                    workload,
                    Math.round(soFar.seconds()),
                    counts.sent(),
                    counts.received(),
                    counts.lost(),
                    counts.duplicated(),
                    counts.errorsTotal(),
                    soFar.rssAfter() >> 20);
        }
    }

    private void drain(Traffic traffic) throws InterruptedException {
        long deadlineNs = System.nanoTime() + DRAIN.toNanos();
        while (!call(traffic::isDrained) && System.nanoTime() - deadlineNs < 0) {
            TimeUnit.MILLISECONDS.sleep(DRAIN_STEP_MS);
        }
        onLoop(traffic::close);
    }

    static void sleep(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    /** Runs on the loop and waits, which also makes what the loop wrote visible here. */
    void onLoop(Runnable task) throws InterruptedException {
        call(() -> {
            task.run();
            return true;
        });
    }

    <T> T call(Callable<T> task) throws InterruptedException {
        try {
            return loop.submit(task).get();
        } catch (ExecutionException bug) {
            throw new IllegalStateException(bug.getCause());
        }
    }

    /** Drops all connections. */
    @Override
    public void close() {
        // By name: a loop that is told to end may be gone before its sockets are.
        var _ = open.close().awaitUninterruptibly();
        signing.shutdownNow();
        var _ = group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
