package io.socp.relay.client.cli;

import io.socp.relay.client.load.Direct;
import io.socp.relay.client.load.Limit;
import io.socp.relay.client.load.LoadOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code socp bench direct}: direct messages through one relay. */
@Command(
        name = "direct",
        description =
                "Direct messages through one relay, from user to user; 8 pairs of them unless"
                        + " --connections says otherwise.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchDirectCommandLine implements Callable<Integer> {

    private static final int PAIRS = 8;

    @Mixin private BenchOptions bench;
    @Mixin private ConnectionsOption connections;
    @Mixin private PaceOptions pace;
    @Mixin private LimitOption limit;

    @Override
    public Integer call() throws InterruptedException, CommandFailure {
        LoadOptions load =
                bench.load(
                        new BenchOptions.LoadShape(
                                connections.or(PAIRS), 1, pace.window(), pace.rate(), 0),
                        1);
        bench.run(
                Direct.onOneRelay(),
                load,
                (options, corpus) -> Limit.ofDirect(options, corpus, limit.kind()));
        return ExitCodes.OK;
    }
}
