package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.LimitOptions.Connections;
import io.socp.relay.limit.LimitOptions.Frames;
import io.socp.relay.limit.LimitOptions.Misuse;
import io.socp.relay.limit.LimitOptions.Proxies;
import io.socp.relay.limit.Network;
import io.socp.relay.limit.Rate;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The settings of a relay that bound what others may ask of it. */
final class LimitFlags {

    /** Rates above it would be told in less than a nanosecond. */
    private static final int RATE_MAX = 10_000_000;

    private static final int SECONDS_MAX = 3_600;
    private static final int BAN_MINUTES_MAX = 60 * 24 * 365;
    private static final int CONNECTIONS_MAX = 10_000_000;

    /** A gigabyte. */
    private static final int TRACE_STEPS_MAX = 1 << 24;

    /** Of connections: how many seconds' worth may come at once. */
    private static final int ACCEPT_BURST_SECONDS = 5;

    /** Of a user's questions: how many seconds' worth may come at once. */
    private static final int REQUEST_BURST_SECONDS = 5;

    /** Of all other frames. */
    private static final int FRAME_BURST_SECONDS = 2;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is asked
    private CommandSpec spec;

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            defaultValue = "10000",
            description = "connections accepted at once")
    private int maxClients;

    @Option(
            names = "--max-clients-per-address",
            paramLabel = "N",
            defaultValue = "1000",
            description = "of them from one address, which of IPv6 is a /64")
    private int maxClientsPerAddress;

    @Option(
            names = "--accept-rate",
            paramLabel = "N",
            defaultValue = "2000",
            description = "new connections a second, and five times as many at once")
    private int acceptRate;

    @Option(
            names = "--accept-rate-per-address",
            paramLabel = "N",
            defaultValue = "200",
            description = "the same from one address")
    private int acceptRatePerAddress;

    @Option(
            names = "--user-rate",
            paramLabel = "N",
            defaultValue = "30000",
            description =
                    "messages and pieces of files a second of one user, and twice as many at once;"
                            + " more are refused, and who goes on loses the link")
    private int userRate;

    @Option(
            names = "--user-request-rate",
            paramLabel = "N",
            defaultValue = "200",
            description = "all other frames a second of one user, and five times as many at once")
    private int userRequestRate;

    @Option(
            names = "--address-rate",
            paramLabel = "N",
            defaultValue = "60000",
            description = "frames a second of all users of one address, and twice as many at once")
    private int addressRate;

    @Option(
            names = "--peer-rate",
            paramLabel = "N",
            defaultValue = "50000",
            description =
                    "frames a second of one server, and twice as many at once; beyond it its link"
                            + " is read more slowly")
    private int peerRate;

    @Option(
            names = "--failed-verifications",
            paramLabel = "N",
            defaultValue = "300",
            description =
                    "frames of one address whose signature does not hold, at once and each minute;"
                            + " more, and the address is banned")
    private int failedVerifications;

    @Option(
            names = "--ban-minutes",
            paramLabel = "MINUTES",
            defaultValue = "10",
            description = "how long such a ban holds")
    private int banMinutes;

    @Option(
            names = "--exempt-networks",
            paramLabel = "CIDR,...",
            defaultValue = "127.0.0.0/8,::1",
            description =
                    "networks that no limit by address holds for, and no ban of the relay's own")
    private String exemptNetworks = "";

    @Option(
            names = "--trusted-proxies",
            paramLabel = "CIDR,...",
            defaultValue = "",
            description =
                    "networks of proxies, each of which says for every connection from where it"
                            + " comes; nobody else is believed")
    private String trustedProxies = "";

    @Option(
            names = "--proxy-header",
            paramLabel = "forwarded-for|proxy-protocol",
            defaultValue = "forwarded-for",
            description =
                    "how they say it: X-Forwarded-For on the upgrade, or the PROXY protocol in"
                            + " front of all else")
    private Proxies.Header proxyHeader = Proxies.Header.FORWARDED_FOR;

    @Option(
            names = "--memory-watermark",
            paramLabel = "PERCENT",
            defaultValue = "75",
            description =
                    "of heap or direct memory, from where on files are refused; public messages,"
                            + " hellos and direct messages follow in equal steps; 100 for never")
    private int memoryWatermark;

    @Option(
            names = "--first-frame-timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "from the connection to the first envelope")
    private int firstFrameTimeout;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "a connection that says nothing for so long is pinged, and closed after as long"
                            + " again")
    private int idleTimeout;

    @Option(
            names = "--tls-handshake-timeout",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "from the first message of a TLS handshake to its end")
    private int handshakeTimeout;

    @Option(
            names = "--management-connections",
            paramLabel = "N",
            defaultValue = "64",
            description = "connections to the management port at once")
    private int managementConnections;

    @Option(
            names = "--trace-steps",
            paramLabel = "N",
            defaultValue = "" + EngineSettings.TRACED_MAX,
            description =
                    "what was done with so many messages lately is remembered for ctl trace,"
                            + " without content, for 15 minutes at most; 0 for nothing")
    private int traceSteps;

    /** Whether each value by itself is one that a relay can run with. */
    void check() {
        range("--max-clients", maxClients, 1, CONNECTIONS_MAX);
        range("--max-clients-per-address", maxClientsPerAddress, 1, CONNECTIONS_MAX);
        range("--accept-rate", acceptRate, 1, RATE_MAX);
        range("--accept-rate-per-address", acceptRatePerAddress, 1, RATE_MAX);
        range("--user-rate", userRate, 1, RATE_MAX);
        range("--user-request-rate", userRequestRate, 1, RATE_MAX);
        range("--address-rate", addressRate, 1, RATE_MAX);
        range("--peer-rate", peerRate, 1, RATE_MAX);
        range("--failed-verifications", failedVerifications, 1, RATE_MAX);
        range("--ban-minutes", banMinutes, 1, BAN_MINUTES_MAX);
        range("--memory-watermark", memoryWatermark, 10, 100);
        range("--first-frame-timeout", firstFrameTimeout, 1, SECONDS_MAX);
        range("--idle-timeout", idleTimeout, 1, SECONDS_MAX);
        range("--tls-handshake-timeout", handshakeTimeout, 1, SECONDS_MAX);
        range("--management-connections", managementConnections, 1, CONNECTIONS_MAX);
        range("--trace-steps", traceSteps, 0, TRACE_STEPS_MAX);
        var _ = networks("--exempt-networks", exemptNetworks);
        var _ = networks("--trusted-proxies", trustedProxies);
    }

    /** Those that a running relay reads through one place. */
    LimitOptions options() {
        return new LimitOptions(
                new Connections(
                        maxClients,
                        maxClientsPerAddress,
                        Rate.perSecond(acceptRate, ACCEPT_BURST_SECONDS),
                        Rate.perSecond(acceptRatePerAddress, ACCEPT_BURST_SECONDS),
                        managementConnections),
                new Frames(
                        Rate.perSecond(userRate, FRAME_BURST_SECONDS),
                        Rate.perSecond(userRequestRate, REQUEST_BURST_SECONDS),
                        Rate.perSecond(addressRate, FRAME_BURST_SECONDS),
                        Rate.perSecond(peerRate, FRAME_BURST_SECONDS)),
                new Misuse(Rate.perMinute(failedVerifications), Duration.ofMinutes(banMinutes)),
                networks("--exempt-networks", exemptNetworks),
                new Proxies(networks("--trusted-proxies", trustedProxies), proxyHeader),
                memoryWatermark);
    }

    /** These options with what is set of them here. */
    LinkOptions on(LinkOptions links, int messageBytesMax) {
        return links.within(maxClients, messageBytesMax)
                .waiting(Duration.ofSeconds(firstFrameTimeout), Duration.ofSeconds(idleTimeout));
    }

    /** These settings with what is set of them here. */
    EngineSettings on(EngineSettings engine) {
        return engine.tracing(traceSteps);
    }

    /** These options with what is set of them here. */
    TlsOptions on(TlsOptions tls) {
        return tls.shakingHandsWithin(Duration.ofSeconds(handshakeTimeout));
    }

    private List<Network> networks(String option, String text) {
        try {
            return Network.parseAll(text);
        } catch (IllegalArgumentException malformed) {
            throw new ParameterException(
                    spec.commandLine(), option + ": " + malformed.getMessage(), malformed);
        }
    }

    private void range(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " must be from " + min + " to " + max + ", not " + value);
        }
    }
}
