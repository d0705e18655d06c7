package io.socp.relay.client.cli;

import io.socp.relay.client.load.FanOut;
import io.socp.relay.client.load.Limit;
import io.socp.relay.client.load.LoadOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code socp bench fanout}: messages to everyone. */
@Command(
        name = "fanout",
        description =
                "Messages to everyone; counted is each copy that a reader gets, of 1000 unless"
                        + " --connections says otherwise.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchFanOutCommandLine implements Callable<Integer> {

    private static final int READERS = 1_000;

    @Mixin private BenchOptions bench;
    @Mixin private ConnectionsOption connections;
    @Mixin private PaceOptions pace;

    @Option(
            names = "--senders",
            paramLabel = "N",
            defaultValue = "1",
            description = "(default: ${DEFAULT-VALUE})")
    private int senders;

    @Option(
            names = "--stalled",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description =
                    "of the readers, who stop reading after their hello; the others are measured"
                            + " (default: ${DEFAULT-VALUE})")
    private int stalledPercent;

    @Override
    public Integer call() throws InterruptedException, CommandFailure {
        LoadOptions load =
                bench.load(
                        new BenchOptions.LoadShape(
                                connections.or(READERS),
                                senders,
                                pace.window(),
                                pace.rate(),
                                stalledPercent),
                        1);
        bench.run(new FanOut(), load, Limit::ofFanOut);
        return ExitCodes.OK;
    }
}
