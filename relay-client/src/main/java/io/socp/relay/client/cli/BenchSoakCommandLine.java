package io.socp.relay.client.cli;

import io.socp.relay.client.load.Limit;
import io.socp.relay.client.load.LoadOptions;
import io.socp.relay.client.load.LoadResult;
import io.socp.relay.client.load.Soak;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code socp bench soak}: everything at once, for as long as one likes. */
@Command(
        name = "soak",
        description =
                "Direct messages among 20 pairs (--connections), messages to as many (one in 21)"
                    + " and users who come and go, for --duration; says what was lost, doubled or"
                    + " refused. Exit code 1 if anything was.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchSoakCommandLine implements Callable<Integer> {

    private static final int PAIRS = 20;

    @Mixin private BenchOptions bench;
    @Mixin private ConnectionsOption connections;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "100",
            description = "messages a second of all senders (default: ${DEFAULT-VALUE})")
    private double rate;

    @Override
    public Integer call() throws InterruptedException, CommandFailure {
        if (!(rate > 0)) {
            throw bench.usage("--rate must be more than 0");
        }
        LoadOptions load =
                bench.load(new BenchOptions.LoadShape(connections.or(PAIRS), 1, 1, rate, 0), 1);
        LoadResult result = bench.run(new Soak(), load, (_, _) -> Limit.NONE);
        boolean isClean =
                result.lost() == 0 && result.duplicated() == 0 && result.errors().isEmpty();
        return isClean ? ExitCodes.OK : ExitCodes.FAILURE;
    }
}
