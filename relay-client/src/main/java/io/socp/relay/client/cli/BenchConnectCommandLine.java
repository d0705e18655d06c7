package io.socp.relay.client.cli;

import io.socp.relay.client.load.Connect;
import io.socp.relay.client.load.Limit;
import io.socp.relay.client.load.LoadOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code socp bench connect}: connections with a signed hello. */
@Command(
        name = "connect",
        description =
                "Connections with a signed hello, held until all are made; --warmup makes and drops"
                    + " some before, --duration says nothing; 5000 in all unless --connections says"
                    + " otherwise.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchConnectCommandLine implements Callable<Integer> {

    private static final int CONNECTIONS = 5_000;

    @Mixin private BenchOptions bench;
    @Mixin private ConnectionsOption connections;

    @Option(
            names = "--window",
            paramLabel = "W",
            defaultValue = "64",
            description = "being made at a time (default: ${DEFAULT-VALUE})")
    private int window;

    @Override
    public Integer call() throws InterruptedException, CommandFailure {
        LoadOptions load =
                bench.load(
                        new BenchOptions.LoadShape(connections.or(CONNECTIONS), 1, window, 0, 0),
                        1);
        bench.run(new Connect(), load, Limit::ofConnect);
        return ExitCodes.OK;
    }
}
