package io.socp.relay.daemon.cli;

import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.daemon.RelayDaemon;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.DataDir;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    /** The settings of a relay with neither environment nor configuration file. */
    @Command
    private static final class Player {
        @Mixin private RelayFlags flags = new RelayFlags();

        private static RelayFlags in(Path dir, Path bootstrap) {
            Player player = new Player();
            new CommandLine(player)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .parseArgs(
                            "--host=127.0.0.1",
                            "--port=0",
                            "--management-port=0",
                            "--data-dir=" + dir,
                            "--bootstrap=" + bootstrap);
            return player.flags;
        }
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
        RelayFlags firstFlags = Player.in(stage.resolve("first"), stage.resolve("none.yaml"));
        RelayFlags secondFlags = Player.in(stage.resolve("second"), introduction);
        try (DataDir firstData = DataDir.open(firstFlags.dataDir());
                DataDir secondData = DataDir.open(secondFlags.dataDir());
                RelayDaemon first = RelayDaemon.start(firstFlags.options(), firstData)) {
            Files.writeString(
                    introduction,
                    "bootstrap_servers:\n  - host: \"127.0.0.1\"\n    port: "
                            + first.port()
                            + "\n");
            try (RelayDaemon second = RelayDaemon.start(secondFlags.options(), secondData)) {
                boolean isLinked = awaitLinked(first) && awaitLinked(second);
                say(isLinked);
                return isLinked ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
            }
        }
    }

    private static boolean awaitLinked(RelayDaemon relay) throws IOException {
        ManagementClient operator =
                new ManagementClient(
                        URI.create("http://127.0.0.1:" + relay.managementPort()), null);
        for (long left = PATIENCE.dividedBy(POLL); left > 0; left--) {
            if (operator.get("/api/v1/status").text().replace(" ", "").contains(LINKED)) {
                return operator.get("/readyz").isOk() && operator.get("/metrics").isOk();
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
