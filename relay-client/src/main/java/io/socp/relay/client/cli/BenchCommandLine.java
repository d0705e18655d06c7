package io.socp.relay.client.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code socp bench}: measurements. */
@Command(
        name = "bench",
        description = "Measure a relay, or this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        subcommands = {
            BenchLimitsCommandLine.class,
            BenchDirectCommandLine.class,
            BenchFanOutCommandLine.class,
            BenchMeshCommandLine.class,
            BenchConnectCommandLine.class,
            BenchIdleCommandLine.class,
            BenchSoakCommandLine.class
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchCommandLine implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a workload is missing");
    }
}
