package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.RelayDaemon;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.DataDir;
import io.socp.relay.daemon.config.RelayOptions;
import io.socp.relay.identity.ServerId;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin private RelayFlags flags = new RelayFlags();

    @Override
    public Integer call() throws ConfigurationException, IOException, InterruptedException {
        RelayOptions options = flags.options();
        try (DataDir data = DataDir.open(flags.dataDir())) {
            AtomicReference<RelayDaemon> running = new AtomicReference<>(start(options, data));
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .name("stop")
                                    .unstarted(() -> {
                                        running.get().drain(flags.shutdownGrace());
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
        var _ =
                relay.drainWanted()
                        .thenRunAsync(
                                () -> System.exit(0), Thread.ofPlatform().name("drain")::start);
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
}
