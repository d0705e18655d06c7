package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.RelayDaemon;
import io.socp.relay.daemon.config.BootstrapFile;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.DataDir;
import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.daemon.config.RelayOptions.Bind;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.engine.EngineSettings;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code socp relay}: runs a relay until it is told to stop. */
@Command(
        name = "relay",
        description = "Runs a relay. SIGTERM stops it.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        showDefaultValues = true)
final class RelayCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(RelayCommand.class);

    private static final String MANAGEMENT_HOST = "127.0.0.1";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "${env:SOCP_HOST:-0.0.0.0}",
            description = "address to listen on")
    private String host = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "${env:SOCP_PORT:-8765}",
            description = "port for users and servers; 0 takes a free one")
    private int port;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "${env:SOCP_DATA_DIR:-data}",
            description = "holds the server's id and key, made at the first start")
    private Path dataDir = Path.of("data");

    @Option(
            names = "--bootstrap",
            paramLabel = "FILE",
            defaultValue = "${env:SOCP_BOOTSTRAP:-bootstrap.yaml}",
            description = "introducers to join, in the standard's shape")
    private Path bootstrap = Path.of("bootstrap.yaml");

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:SOCP_ADVERTISE:-}",
            description = "where other servers can dial this one, if not where it listens")
    private String advertise = "";

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            defaultValue = "${env:SOCP_MANAGEMENT_PORT:-9765}",
            description = "port for /metrics and /livez, on loopback; 0 takes a free one")
    private int managementPort;

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            defaultValue = "${env:SOCP_MAX_CLIENTS:-10000}",
            description = "connections accepted at once")
    private int maxClients;

    @Option(
            names = "--message-bytes-max",
            paramLabel = "BYTES",
            defaultValue = "${env:SOCP_MESSAGE_BYTES_MAX:-262144}",
            description = "longest message accepted")
    private int messageBytesMax;

    @Option(
            names = "--interop-lenient-ids",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:SOCP_INTEROP_LENIENT_IDS:-false}",
            description = "accept ids that are no UUIDs, as some implementations use them")
    private boolean lenientIds;

    @Option(
            names = "--interop-server-id-prefix",
            paramLabel = "PREFIX",
            defaultValue = "${env:SOCP_INTEROP_SERVER_ID_PREFIX:-}",
            description =
                    "server_ or master_server_, before this server's id towards everyone; servers"
                            + " that need it are told such an id anyway")
    private String serverIdPrefix = "";

    @Option(
            names = "--tls",
            paramLabel = "off|optional|required",
            defaultValue = "${env:SOCP_TLS:-off}",
            description = "wss:// on the protocol port: not at all, beside ws://, or alone")
    private TlsOptions.Mode tls = TlsOptions.Mode.OFF;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            defaultValue = "${env:SOCP_TLS_CERTIFICATE:-}",
            description =
                    "PEM chain to show instead of one that this server's own key signs; other"
                            + " servers then dial it by ws://")
    private String tlsCertificate = "";

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            defaultValue = "${env:SOCP_TLS_KEY:-}",
            description = "the certificate's private key, PKCS#8 PEM")
    private String tlsKey = "";

    @Option(
            names = "--tls-1.2",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:SOCP_TLS_1_2:-false}",
            description = "speak TLS 1.2 beside 1.3")
    private boolean olderTls;

    @Override
    public Integer call() throws ConfigurationException, IOException, InterruptedException {
        RelayOptions options = options();
        try (DataDir data = DataDir.open(dataDir)) {
            AtomicReference<RelayDaemon> running = new AtomicReference<>(start(options, data));
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .name("stop")
                                    .unstarted(() -> {
                                        running.get().close();
                                        // A relay told to stop has done what it should:
                                        // the JVM alone would report the signal instead.
                                        Runtime.getRuntime().halt(0);
                                    }));
            RelayDaemon first = running.get();
            ServerId assigned = first.assignedId().join();
            LOG.warn("id {} is taken on this mesh: starting anew as {}", first.id(), assigned);
            first.close();
            data.adopt(assigned);
            running.set(start(options.on(first.port(), first.managementPort()), data));
            // Once: an introducer that is never content shall not keep us from our users.
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private RelayDaemon start(RelayOptions options, DataDir data) throws IOException {
        RelayDaemon relay = RelayDaemon.start(options, data);
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "ready id="
                        + relay.id()
                        + " port="
                        + relay.port()
                        + " management="
                        + relay.managementPort());
        out.flush();
        return relay;
    }

    private RelayOptions options() throws ConfigurationException {
        range("--port", port, 0, 65_535);
        range("--management-port", managementPort, 0, 65_535);
        range("--max-clients", maxClients, 1, 10_000_000);
        range("--message-bytes-max", messageBytesMax, 4_096, 16 << 20);
        return new RelayOptions(
                new Bind(host, port),
                advertised(),
                new Bind(MANAGEMENT_HOST, managementPort),
                introducers(),
                LinkOptions.standard().within(maxClients, messageBytesMax),
                EngineSettings.standard().accepting(lenientIds),
                prefix(),
                tls());
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
