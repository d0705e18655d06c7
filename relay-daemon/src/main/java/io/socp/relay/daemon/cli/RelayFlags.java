package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.config.BootstrapFile;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.config.LogOptions;
import io.socp.relay.daemon.config.ManagementOptions;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.daemon.config.RelayOptions.Bind;
import io.socp.relay.daemon.config.SlowReaders;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.Transport;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.IdRule;
import io.socp.relay.verify.ContentCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The settings of a relay. Each has one name: {@code --max-clients} as a flag, {@code
 * SOCP_MAX_CLIENTS} in the environment, {@code max-clients} in the configuration file.
 */
final class RelayFlags {

    private static final Logger LOG = LoggerFactory.getLogger(RelayFlags.class);

    /** Fewer characters could be guessed. */
    private static final int TOKEN_CHARACTERS_MIN = 16;

    private static final Set<String> SECRETS = Set.of("management-token");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is asked
    private CommandSpec spec;

    @Option(
            names = SettingSources.CONFIG_FLAG,
            paramLabel = "FILE",
            defaultValue = SettingSources.CONFIG_FILE,
            description = "settings by name, below the environment and flags; may be missing")
    @SuppressWarnings("unused") // SettingSources reads it before the others can be parsed
    private Path config = Path.of(SettingSources.CONFIG_FILE);

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "0.0.0.0",
            description = "address to listen on")
    private String host = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8765",
            description = "port for users and servers; 0 takes a free one")
    private int port;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "holds the server's id and key, made at the first start")
    private Path dataDir = Path.of("data");

    @Option(
            names = "--bootstrap",
            paramLabel = "FILE",
            defaultValue = "bootstrap.yaml",
            description = "introducers to join, in the standard's shape")
    private Path bootstrap = Path.of("bootstrap.yaml");

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            defaultValue = "",
            description = "where other servers can dial this one, if not where it listens")
    private String advertise = "";

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            defaultValue = "9765",
            description = "port for metrics, probes and operators; 0 takes a free one")
    private int managementPort;

    @Option(
            names = "--management-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description =
                    "address of that port; one that other machines reach wants a management token")
    private String managementHost = "";

    @Option(
            names = "--management-token",
            paramLabel = "TOKEN",
            defaultValue = "",
            description =
                    "what operators must show (Authorization: Bearer) for anything but /livez and"
                            + " /readyz; 16 characters at least")
    private String managementToken = "";

    @Option(
            names = "--management-token-file",
            paramLabel = "FILE",
            defaultValue = "",
            description = "the same, as the first line of a file")
    private String managementTokenFile = "";

    @Option(
            names = "--message-bytes-max",
            paramLabel = "BYTES",
            defaultValue = "262144",
            description = "longest message accepted")
    private int messageBytesMax;

    @Option(
            names = "--shutdown-grace",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description =
                    "how long a relay told to stop may take to let its users go elsewhere and to"
                            + " bring away what it has taken on")
    private int shutdownGrace;

    @Option(
            names = "--slow-readers",
            paramLabel = "disconnect|drop-oldest",
            defaultValue = "disconnect",
            description =
                    "a user for whom too much waits loses the link, or the oldest public messages")
    private SlowReaders slowReaders = SlowReaders.DISCONNECT;

    @Option(
            names = "--interop-lenient-ids",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "accept ids that are no UUIDs, as some implementations use them")
    private boolean lenientIds;

    @Option(
            names = "--interop-server-id-prefix",
            paramLabel = "PREFIX",
            defaultValue = "",
            description =
                    "server_ or master_server_, before this server's id towards everyone; servers"
                            + " that need it are told such an id anyway")
    private String serverIdPrefix = "";

    @Option(
            names = "--tls",
            paramLabel = "off|optional|required",
            defaultValue = "off",
            description = "wss:// on the protocol port: not at all, beside ws://, or alone")
    private TlsOptions.Mode tls = TlsOptions.Mode.OFF;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            defaultValue = "",
            description =
                    "PEM chain to show instead of one that this server's own key signs; other"
                            + " servers then dial it by ws://")
    private String tlsCertificate = "";

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            defaultValue = "",
            description = "the certificate's private key, PKCS#8 PEM")
    private String tlsKey = "";

    @Option(
            names = "--tls-1.2",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "speak TLS 1.2 beside 1.3")
    private boolean olderTls;

    @Option(
            names = "--transport",
            paramLabel = "auto|epoll|io_uring|nio",
            defaultValue = "auto",
            description = "of all sockets; auto is epoll on Linux, and never io_uring")
    private Transport transport = Transport.AUTO;

    @Option(
            names = "--verify-content",
            paramLabel = "always|never",
            defaultValue = "always",
            description =
                    "check the content signature of messages without another one, from users whose"
                            + " TLS link proves them; never leaves it to their readers")
    private ContentCheck verifyContent = ContentCheck.ALWAYS;

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "how a line of the log is written: for people, or one JSON object each")
    private LogOptions.Format logFormat = LogOptions.Format.TEXT;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL[,LOGGER=LEVEL]...",
            defaultValue = "info",
            description =
                    "how much the log says, in all and by logger: trace, debug, info, warn, error,"
                            + " off")
    private String logLevel = "info";

    @Option(
            names = "--audit-log",
            paramLabel = "stderr|stdout|FILE",
            defaultValue = LogOptions.STDERR,
            description =
                    "where operators' orders are written: with the rest of the log, to standard"
                            + " output, or to the end of a file")
    private String auditLog = LogOptions.STDERR;

    @Mixin private LimitFlags limits = new LimitFlags();

    /** Whether the setting's value is nobody's business. */
    static boolean isSecret(String setting) {
        return SECRETS.contains(setting);
    }

    /** Where the server's id and key are. */
    Path dataDir() {
        return dataDir;
    }

    /** How long the end may take. */
    Duration shutdownGrace() {
        return Duration.ofSeconds(shutdownGrace);
    }

    /** Whether each value by itself is one that a relay can run with. */
    void check() {
        range("--port", port, 0, 65_535);
        range("--management-port", managementPort, 0, 65_535);
        range("--shutdown-grace", shutdownGrace, 1, 600);
        range("--message-bytes-max", messageBytesMax, 4_096, 16 << 20);
        var _ = advertised();
        var _ = prefix();
        var _ = logs();
        limits.check();
    }

    /** All of them together, with the files they name. */
    RelayOptions options() throws ConfigurationException {
        check();
        return new RelayOptions(
                new Bind(host, port),
                advertised(),
                management(),
                introducers(),
                limits.on(LinkOptions.standard(), messageBytesMax).dealingWith(slowReaders),
                limits.on(EngineSettings.standard().accepting(lenientIds).checking(verifyContent)),
                prefix(),
                limits.on(tls()),
                transport,
                limits.options());
    }

    /** What the log is to say, how, and where. */
    LogOptions logs() {
        try {
            return new LogOptions(logFormat, LogOptions.levels(logLevel), auditLog);
        } catch (IllegalArgumentException malformed) {
            throw new ParameterException(
                    spec.commandLine(), "--log-level " + malformed.getMessage(), malformed);
        }
    }

    private ManagementOptions management() throws ConfigurationException {
        String token = managementTokenFile.isEmpty() ? managementToken : tokenFromFile();
        if (!token.isEmpty() && token.length() < TOKEN_CHARACTERS_MIN) {
            throw new ConfigurationException(
                    "the management token must have "
                            + TOKEN_CHARACTERS_MIN
                            + " characters at least");
        }
        if (token.isEmpty() && !ManagementOptions.isLoopback(managementHost)) {
            throw new ConfigurationException(
                    "management-host "
                            + managementHost
                            + " can be reached from other machines: management-token or"
                            + " management-token-file is wanted");
        }
        return new ManagementOptions(
                new Bind(managementHost, managementPort), token.isEmpty() ? null : token);
    }

    private String tokenFromFile() throws ConfigurationException {
        if (!managementToken.isEmpty()) {
            throw new ConfigurationException(
                    "management-token and management-token-file exclude each other");
        }
        try (Stream<String> lines = Files.lines(Path.of(managementTokenFile))) {
            String token = lines.findFirst().orElse("").strip();
            if (token.isEmpty()) {
                throw new ConfigurationException(
                        "management token " + managementTokenFile + " is empty");
            }
            return token;
        } catch (IOException | UncheckedIOException unreadable) {
            throw new ConfigurationException(
                    "management token "
                            + managementTokenFile
                            + " cannot be read: "
                            + unreadable.getClass().getSimpleName());
        }
    }

    private TlsOptions tls() {
        TlsOptions options = TlsOptions.in(tls).allowingOlder(olderTls);
        if (tlsCertificate.isEmpty() != tlsKey.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--tls-certificate and --tls-key go together");
        }
        return tlsCertificate.isEmpty()
                ? options
                : options.showing(Path.of(tlsCertificate), Path.of(tlsKey));
    }

    private String prefix() {
        if (!serverIdPrefix.isEmpty() && !IdRule.isServerPrefix(serverIdPrefix)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--interop-server-id-prefix must be server_ or master_server_, not "
                            + serverIdPrefix);
        }
        return serverIdPrefix;
    }

    private List<Introducer> introducers() throws ConfigurationException {
        List<Introducer> introducers = BootstrapFile.read(bootstrap);
        if (Files.notExists(bootstrap)) {
            LOG.info("{} does not exist: starting alone", bootstrap);
        } else if (introducers.isEmpty()) {
            LOG.info("{} names no servers: starting alone", bootstrap);
        }
        for (Introducer introducer : introducers) {
            if (introducer.pinned() == null) {
                LOG.warn(
                        "{}: no pubkey for {}: its key is trusted on first contact",
                        bootstrap,
                        introducer.address());
            }
        }
        return introducers;
    }

    private @Nullable HostPort advertised() {
        if (advertise.isEmpty()) {
            return null;
        }
        try {
            return HostPort.parse(advertise);
        } catch (IllegalArgumentException malformed) {
            throw new ParameterException(
                    spec.commandLine(), "--advertise: " + malformed.getMessage(), malformed);
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
