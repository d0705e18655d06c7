package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How a server is loaded. Immutable.
 *
 * @param servers where users connect; the mesh wants two
 * @param pids the servers' processes on this machine, for their CPU and memory; may be empty
 * @param connections pairs of a sender and a reader, or readers, or links
 * @param senders of messages to all
 * @param window messages each sender has under way, in the closed loop
 * @param rate messages a second of all senders, in the open loop; 0 is the closed loop
 * @param stalledPercent of the readers, who stop reading after their hello
 */
@Immutable
public record LoadOptions(
        List<URI> servers,
        List<Long> pids,
        int connections,
        int senders,
        int window,
        double rate,
        int stalledPercent,
        Duration warmUp,
        Duration duration,
        Dialect dialect,
        Security security) {

    public static final int CONNECTIONS_MAX = 100_000;
    public static final int SENDERS_MAX = 1_000;
    public static final int RATE_MAX = 10_000_000;
    public static final Duration DURATION_MAX = Duration.ofDays(7);

    public LoadOptions {
        servers = List.copyOf(servers);
        checkSecurity(servers, security, dialect);
        pids = List.copyOf(pids);
        Bounds.check("--connections", connections, 1, CONNECTIONS_MAX);
        Bounds.check("--senders", senders, 1, SENDERS_MAX);
        Bounds.check("--window", window, 1, Slice.UNDER_WAY_MAX);
        Bounds.check("--stalled", stalledPercent, 0, 99);
        if (!(rate >= 0 && rate <= RATE_MAX)) {
            throw new IllegalArgumentException("--rate must be 0 to " + RATE_MAX + ", not " + rate);
        }
        Bounds.check("--duration (ms)", duration.toMillis(), 1, DURATION_MAX.toMillis());
        Bounds.check("--warmup (ms)", warmUp.toMillis(), 0, DURATION_MAX.toMillis());
    }

    private static void checkSecurity(List<URI> servers, Security security, Dialect dialect) {
        long overTls = servers.stream().filter(Endpoint::isOverTls).count();
        if (overTls != 0 && overTls != servers.size()) {
            throw new IllegalArgumentException("--server: all of them over TLS, or none");
        }
        if (overTls == 0 && !security.serverKeys().isEmpty()) {
            throw new IllegalArgumentException("--server-key: there is none without TLS");
        }
        if (!security.serverKeys().isEmpty() && security.serverKeys().size() != servers.size()) {
            throw new IllegalArgumentException("--server-key: one for each --server, or none");
        }
        if (security.mode() == LinkMode.AUTHENTICATED && overTls == 0) {
            throw new IllegalArgumentException("--link-auth: links are authenticated over TLS");
        }
        if (security.mode() == LinkMode.AUTHENTICATED && dialect != Dialect.OURS) {
            throw new IllegalArgumentException("--link-auth: no other --dialect has it");
        }
    }

    public boolean isOverTls() {
        return servers.stream().anyMatch(Endpoint::isOverTls);
    }

    public boolean isOpenLoop() {
        return rate > 0;
    }

    /** The same load on a raw server. */
    LoadOptions onRaw(URI server, long pid) {
        return new LoadOptions(
                servers.stream().map(_ -> server).toList(),
                List.of(pid),
                connections,
                senders,
                isOpenLoop() ? windowWithin(framesMax()) : window,
                0,
                0,
                warmUp,
                duration,
                Dialect.OURS,
                security.onRawServer());
    }

    /** In an open loop the window was never checked against what a closed one can hold. */
    private int windowWithin(int frames) {
        return Math.clamp(frames / Math.max(connections, senders), 1, window);
    }

    /** So many frames of a run may be under way in a closed loop. */
    private int framesMax() {
        return security.mode().isSigned() ? Slice.UNDER_WAY_MAX : LinkScript.FRAMES_MAX;
    }

    /** The same load for another time. */
    LoadOptions lasting(Duration newWarmUp, Duration newDuration) {
        return new LoadOptions(
                servers,
                pids,
                connections,
                senders,
                window,
                rate,
                stalledPercent,
                newWarmUp,
                newDuration,
                dialect,
                security);
    }

    /** Refuses what so many streams cannot hold. */
    void checkStreams(int streams, int payloadsOfAStream) {
        boolean isSigned = security.mode().isSigned();
        int most = framesMax();
        if (!isOpenLoop()) {
            Bounds.check("--window times its senders", (long) window * streams, 1, most);
            Bounds.check("--window, with these --payloads,", window, 1, payloadsOfAStream);
        }
        if (!isSigned) {
            Bounds.check("senders, with --link-auth,", streams, 1, most);
            Bounds.check(
                    "--warmup and --duration, with --link-auth, (s)",
                    warmUp.plus(duration).toSeconds(),
                    0,
                    LinkScript.RUN_MAX.toSeconds());
        }
    }
}
