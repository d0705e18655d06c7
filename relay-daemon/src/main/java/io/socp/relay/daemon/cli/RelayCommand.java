package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.RelayDaemon;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.DataDir;
import io.socp.relay.daemon.config.LiveSettings;
import io.socp.relay.daemon.config.Settings;
import io.socp.relay.daemon.log.LogSetup;
import io.socp.relay.identity.ServerId;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
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
        new LogSetup().prepare(flags.logs()).run();
        LiveSettings live = new LiveSettings(settings(), this::readAgain);
        // From the first moment on: untold, a JVM ends at this signal. It waits for the start.
        CompletableFuture<AtomicReference<RelayDaemon>> started = new CompletableFuture<>();
        HangUp.onSignal(() -> {
            var _ = started.thenAccept(running -> running.get().reload("SIGHUP"));
        });
        try (DataDir data = DataDir.open(flags.dataDir())) {
            AtomicReference<RelayDaemon> running = new AtomicReference<>(start(live, data));
            started.complete(running);
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
            Settings current = live.settings();
            live.replace(current.with(current.options().on(first.port(), first.managementPort())));
            running.set(start(live, data));
            // Once: an introducer that is never content shall not keep us from our users.
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private Settings settings() throws ConfigurationException {
        return new Settings(
                flags.options(), flags.logs(), EffectiveSettings.of(spec.commandLine()).values());
    }

    /** As this command was, with what stands in the file by now. */
    private Settings readAgain() throws ConfigurationException {
        if (!(spec.defaultValueProvider() instanceof SettingSources sources)) {
            return settings();
        }
        SettingSources again = sources.again();
        try {
            return settings(again);
        } catch (CommandLine.ParameterException unusable) {
            throw new ConfigurationException(String.valueOf(unusable.getMessage()));
        }
    }

    /** What a relay started with these would run with. */
    static Settings settings(SettingSources sources) throws ConfigurationException {
        String[] args = sources.args().toArray(String[]::new);
        CommandLine.ParseResult parsed = SocpDaemon.commandLine(sources, args).parseArgs(args);
        var command = (RelayCommand) parsed.subcommand().commandSpec().userObject();
        return command.settings();
    }

    private RelayDaemon start(LiveSettings live, DataDir data) throws IOException {
        RelayDaemon relay = RelayDaemon.start(live, data);
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
