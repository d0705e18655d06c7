package io.socp.relay.client.cli;

import io.socp.relay.client.load.Idle;
import io.socp.relay.client.load.Limit;
import io.socp.relay.client.load.LoadOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code socp bench idle}: links that do nothing. */
@Command(
        name = "idle",
        description =
                "Links that do nothing, 5000 unless --connections says otherwise: memory and CPU of"
                        + " each (with --pid), after the JVM at --pid has collected its garbage.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchIdleCommandLine implements Callable<Integer> {

    private static final int LINKS = 5_000;

    @Mixin private BenchOptions bench;
    @Mixin private ConnectionsOption connections;

    @Option(names = "--no-gc", description = "leave the relay's garbage alone")
    private boolean leavesGarbage;

    @Override
    public Integer call() throws InterruptedException, CommandFailure {
        LoadOptions load =
                bench.load(new BenchOptions.LoadShape(connections.or(LINKS), 1, 1, 0, 0), 1);
        bench.run(new Idle(!leavesGarbage), load, Limit::ofIdle);
        return ExitCodes.OK;
    }
}
