package io.socp.relay.client.load;

import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a workload cannot go beyond on this machine, measured in the same run. Immutable.
 *
 * @param rsa null when it was not measured
 * @param raw the same load on a {@link RawServer}; null when it says nothing about the workload
 * @param perCpuSecond messages per second of server CPU, NaN when there is no such limit
 * @param formula where that comes from, for people
 */
@Immutable
public record Limit(
        @Nullable RsaRates rsa, @Nullable LoadResult raw, double perCpuSecond, String formula) {

    private static final Duration RSA = Duration.ofSeconds(2);
    private static final Duration RAW_WARM_UP = Duration.ofSeconds(10);
    private static final Duration RAW_MAX = Duration.ofSeconds(8);
    private static final int MESH_RELAYS = 2;

    /** No limit was measured. */
    public static final Limit NONE = new Limit(null, null, Double.NaN, "not measured");

    /** What direct messages are held against. */
    public enum Kind {
        /** The RSA that a relay cannot do without. */
        RSA,
        /** A raw server that finds the recipient and does nothing else. */
        ROUTER
    }

    /**
     * Of direct messages, through one relay or two. In plain SOCP a relay verifies and signs each;
     * on authenticated links only the first one verifies. The router is measured where it is asked
     * for, and on authenticated links, where both limits say something.
     */
    public static Limit ofDirect(LoadOptions options, Corpus corpus, Kind kind)
            throws IOException, InterruptedException {
        RsaRates rsa = rsa(corpus);
        boolean isSigned = options.security().mode().isSigned();
        LoadResult raw =
                kind == Kind.ROUTER || !isSigned ? raw(Direct.onOneRelay(), options, corpus) : null;
        boolean isMesh = options.servers().size() == MESH_RELAYS;
        if (kind == Kind.ROUTER && raw != null) {
            return new Limit(rsa, raw, raw.perRelayCpuSecond(), "raw Netty router, same frames");
        }
        if (!isSigned) {
            return new Limit(
                    rsa,
                    raw,
                    rsa.verifyPerSecond(),
                    isMesh ? "verify, both relays' CPU" : "verify");
        }
        return new Limit(
                rsa,
                raw,
                rsa.relayedPerSecond() / options.servers().size(),
                isMesh ? "1 / (2/verify + 2/sign), both relays' CPU" : "1 / (1/verify + 1/sign)");
    }

    /** A raw broadcast of the same frames; no signature is needed to hand on what users signed. */
    public static Limit ofFanOut(LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        RsaRates rsa = rsa(corpus);
        LoadResult raw = raw(new FanOut(), options, corpus);
        return new Limit(rsa, raw, raw.perRelayCpuSecond(), "raw Netty broadcast, same frames");
    }

    /** One verification a hello, and what a raw server needs for connection and upgrade. */
    public static Limit ofConnect(LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        RsaRates rsa = rsa(corpus);
        LoadResult raw = raw(new Connect(), options, corpus);
        double perCpuSecond = 1 / (1 / raw.perRelayCpuSecond() + 1 / rsa.verifyPerSecond());
        return new Limit(rsa, raw, perCpuSecond, "1 / (1/verify + 1/raw Netty connects)");
    }

    /** A raw server's links, for their memory. */
    public static Limit ofIdle(LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        LoadResult raw = raw(new Idle(true), options, corpus);
        return new Limit(null, raw, Double.NaN, "raw Netty links");
    }

    static RsaRates rsa(Corpus corpus) {
        return RsaRates.measure(CryptoProvider.chosen(), corpus.key(0), RSA);
    }

    /** The same load on a raw server of its own process, in the closed loop, for a short time. */
    public static LoadResult raw(Workload workload, LoadOptions options, Corpus corpus)
            throws IOException, InterruptedException {
        Duration duration =
                options.duration().compareTo(RAW_MAX) < 0 ? options.duration() : RAW_MAX;
        Duration warmUp =
                options.warmUp().compareTo(RAW_WARM_UP) < 0 ? options.warmUp() : RAW_WARM_UP;
        try (RawServerProcess server =
                RawServerProcess.start(options.isOverTls() ? corpus.key(0) : null)) {
            LoadOptions same = options.onRaw(server.uri(), server.pid()).lasting(warmUp, duration);
            return workload.run(same, corpus);
        }
    }
}
