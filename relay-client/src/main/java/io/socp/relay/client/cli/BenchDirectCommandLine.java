package io.socp.relay.client.cli;

import io.socp.relay.client.load.Direct;
import io.socp.relay.client.load.Limit;
import io.socp.relay.client.load.LoadOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code socp bench direct}: direct messages through one relay. */
@Command(
        name = "direct",
        description = "Direct messages through one relay, from user to user.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchDirectCommandLine implements Callable<Integer> {

    @Mixin private BenchOptions bench;
    @Mixin private PaceOptions pace;
    @Mixin private LimitOption limit;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "pairs of a sender and a reader (default: ${DEFAULT-VALUE})")
    private int pairs;

    @Override
    public Integer call() throws InterruptedException, CommandFailure {
        LoadOptions load =
                bench.load(new BenchOptions.LoadShape(pairs, 1, pace.window(), pace.rate(), 0), 1);
        bench.run(
                Direct.onOneRelay(),
                load,
                (options, corpus) -> Limit.ofDirect(options, corpus, limit.kind()));
        return ExitCodes.OK;
    }
}
