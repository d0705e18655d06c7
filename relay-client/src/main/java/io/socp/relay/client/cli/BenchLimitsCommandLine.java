package io.socp.relay.client.cli;

import io.socp.relay.client.load.RsaRates;
import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.crypto.IdentityKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code socp bench limits}: what RSA-4096 PSS costs on one core of this machine. */
@Command(
        name = "limits",
        description = "RSA-4096 PSS signatures and verifications per second on one core.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchLimitsCommandLine implements Callable<Integer> {

    @Option(
            names = "--duration",
            converter = DurationConverter.class,
            defaultValue = "2s",
            description = "for each rate (default: ${DEFAULT-VALUE})")
    private Duration duration;

    @Option(names = "--json", description = "one JSON object on stdout")
    private boolean isJson;

    @Override
    public Integer call() {
        IdentityKey key = IdentityKey.generate();
        List<RsaRates> rates = new ArrayList<>();
        CryptoProvider.accp().ifPresent(accp -> rates.add(RsaRates.measure(accp, key, duration)));
        rates.add(RsaRates.measure(CryptoProvider.jdk(), key, duration));
        rates.add(RsaRates.measure(CryptoProvider.bouncyCastle(), key, duration));
        if (isJson) {
            StandardOut.line(json(rates));
        } else {
            StandardOut.line(table(rates));
        }
        return ExitCodes.OK;
    }

    private static String table(List<RsaRates> rates) {
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
            return out.toString();
        }
    }

    private static String json(List<RsaRates> rates) {
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
        return json.toString();
    }
}
