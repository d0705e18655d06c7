package io.socp.relay.daemon.cli;

import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.daemon.RelayDaemon;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.DataDir;
import io.socp.relay.daemon.config.Settings;
import io.socp.relay.daemon.log.LogSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code socp rehearse}: whether a relay can work where it is started, shown by two that meet. Also
 * what the JVM's cache of loaded classes is made from, since it does what a relay does first.
 */
@Command(
        name = "rehearse",
        description = {
            "Starts two relays on free ports of this machine, in a temporary directory, sees them",
            "meet and ends them: exit 0 when all that a relay needs is here."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class RehearseCommand implements Callable<Integer> {

    /** Key generation included, on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(50);

    private static final String LINKED = "\"peers\":1";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    /** As a relay started here gets them: by flags, environment and configuration file. */
    private static Settings settings(Path dir, Path bootstrap) throws ConfigurationException {
        return RelayCommand.settings(
                SettingSources.of(
                        List.of("relay", "--host=127.0.0.1", "--port=0", "--management-port=0"),
                        Map.of(
                                SettingSources.variable("data-dir"),
                                dir.toString(),
                                SettingSources.variable("bootstrap"),
                                bootstrap.toString(),
                                SettingSources.variable("advertise"),
                                "",
                                SettingSources.variable("management-host"),
                                "127.0.0.1")));
    }

    @Override
    public Integer call() throws ConfigurationException, IOException {
        Path stage = Files.createTempDirectory("socp-rehearsal-");
        try {
            return rehearse(stage);
        } finally {
            remove(stage);
        }
    }

    private int rehearse(Path stage) throws ConfigurationException, IOException {
        Path introduction = stage.resolve("bootstrap.yaml");
        Path firstDir = stage.resolve("first");
        Path secondDir = stage.resolve("second");
        Settings settings = settings(firstDir, stage.resolve("none.yaml"));
        new LogSetup().prepare(settings.logs()).run();
        HangUp.onSignal(() -> {});
        try (DataDir firstData = DataDir.open(firstDir);
                DataDir secondData = DataDir.open(secondDir);
                RelayDaemon first = RelayDaemon.start(settings.options(), firstData)) {
            Files.writeString(
                    introduction,
                    "bootstrap_servers:\n  - host: \"127.0.0.1\"\n    port: "
                            + first.port()
                            + "\n");
            try (RelayDaemon second =
                    RelayDaemon.start(settings(secondDir, introduction).options(), secondData)) {
                boolean isLinked = awaitLinked(first) && awaitLinked(second);
                say(isLinked);
                return isLinked ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
            }
        }
    }

    private static boolean awaitLinked(RelayDaemon relay) throws IOException {
        // By no HTTP client: all that is loaded here is kept in the cache.
        InetSocketAddress port =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), relay.managementPort());
        for (long left = PATIENCE.dividedBy(POLL); left > 0; left--) {
            if (HealthCheck.answer(port, "/api/v1/status").replace(" ", "").contains(LINKED)) {
                return HealthCheck.isGood(HealthCheck.answer(port, "/readyz"))
                        && HealthCheck.isGood(HealthCheck.answer(port, "/metrics"));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        return false;
    }

    private void say(boolean isLinked) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                (isLinked ? "two relays have met" : "two relays have not met")
                        + ", signatures by "
                        + CryptoProvider.chosen().name());
        out.flush();
    }

    private static void remove(Path stage) throws IOException {
        try (Stream<Path> files = Files.walk(stage)) {
            files.sorted(Comparator.reverseOrder()).forEach(RehearseCommand::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException stuck) {
            throw new UncheckedIOException(stuck);
        }
    }
}
