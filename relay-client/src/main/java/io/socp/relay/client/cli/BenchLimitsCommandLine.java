package io.socp.relay.client.cli;

import io.socp.relay.client.load.Connect;
import io.socp.relay.client.load.Corpus;
import io.socp.relay.client.load.Direct;
import io.socp.relay.client.load.FanOut;
import io.socp.relay.client.load.Limit;
import io.socp.relay.client.load.LoadOptions;
import io.socp.relay.client.load.LoadResult;
import io.socp.relay.client.load.Report;
import io.socp.relay.client.load.RsaRates;
import io.socp.relay.client.load.Workload;
import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.crypto.IdentityKey;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code socp bench limits}: what RSA and Netty alone do on this machine. */
@Command(
        name = "limits",
        description =
                "What no relay can beat here: RSA-4096 PSS on one core with each provider, and a"
                        + " raw Netty server with a relay's frames, per second of its CPU.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchLimitsCommandLine implements Callable<Integer> {

    @Mixin private BenchOptions bench;

    @Option(names = "--rsa-only", description = "leave the raw server out")
    private boolean isRsaOnly;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        LoadOptions direct = bench.load(new BenchOptions.LoadShape(8, 1, 64, 0, 0), 1);
        List<RsaRates> rates = rsa(IdentityKey.generate(), direct.duration().dividedBy(5));
        List<LoadResult> raw = isRsaOnly ? List.of() : raw(direct);
        StandardOut.line(bench.isJson() ? json(rates, raw) : table(rates, raw));
        return ExitCodes.OK;
    }

    private static List<RsaRates> rsa(IdentityKey key, Duration each) {
        List<RsaRates> rates = new ArrayList<>();
        CryptoProvider.accp().ifPresent(accp -> rates.add(RsaRates.measure(accp, key, each)));
        rates.add(RsaRates.measure(CryptoProvider.jdk(), key, each));
        rates.add(RsaRates.measure(CryptoProvider.bouncyCastle(), key, each));
        return rates;
    }

    private List<LoadResult> raw(LoadOptions direct) throws CommandFailure, InterruptedException {
        Corpus corpus = bench.corpus();
        LoadOptions one = bench.load(new BenchOptions.LoadShape(1, 1, 1, 0, 0), 1);
        LoadOptions fanOut = bench.load(new BenchOptions.LoadShape(1_000, 1, 16, 0, 0), 1);
        LoadOptions connect = bench.load(new BenchOptions.LoadShape(5_000, 1, 64, 0, 0), 1);
        List<LoadResult> raw = new ArrayList<>();
        raw.add(measured(Direct.onOneRelay(), direct, corpus));
        raw.add(measured(Direct.onOneRelay(), one, corpus));
        raw.add(measured(new FanOut(), fanOut, corpus));
        raw.add(measured(new Connect(), connect, corpus));
        return raw;
    }

    private static LoadResult measured(Workload workload, LoadOptions options, Corpus corpus)
            throws CommandFailure, InterruptedException {
        try {
            return Limit.raw(workload, options, corpus);
        } catch (IOException failed) {
            throw new CommandFailure("the raw server: " + failed.getMessage(), failed);
        }
    }

    private static String table(List<RsaRates> rates, List<LoadResult> raw) {
        try (Formatter out = new Formatter(Locale.ROOT)) {
            out.format("%-36s %10s %10s %16s", "provider", "sign/s", "verify/s", "sign+verify/s");
            for (RsaRates rate : rates) {
                out.format(
                        "%n%-36s %10.0f %10.0f %16.0f",
                        rate.provider(),
                        rate.signPerSecond(),
                        rate.verifyPerSecond(),
                        rate.relayedPerSecond());
            }
            for (LoadResult one : raw) {
                out.format(
                        "%nraw Netty, %s: %-8s %5d connections, window %2d: %8.0f /s, %8.0f per"
                                + " CPU second",
                        one.options().isOverTls() ? "wss" : "ws",
                        one.workload(),
                        one.options().connections(),
                        one.options().window(),
                        one.perSecond(),
                        one.perRelayCpuSecond());
            }
            return out.toString();
        }
    }

    private static String json(List<RsaRates> rates, List<LoadResult> raw) {
        ObjectNode json = JsonMapper.shared().createObjectNode().put("workload", "limits");
        ArrayNode providers = json.putArray("providers");
        for (RsaRates rate : rates) {
            providers
                    .addObject()
                    .put("provider", rate.provider())
                    .put("limit_sign_per_s", Math.round(rate.signPerSecond()))
                    .put("limit_verify_per_s", Math.round(rate.verifyPerSecond()))
                    .put("limit_per_cpu_second", Math.round(rate.relayedPerSecond()));
        }
        ArrayNode servers = json.putArray("raw");
        raw.forEach(one -> servers.add(new Report(one, Limit.NONE).json()));
        return json.toString();
    }
}
