package io.socp.relay.client.load;

import java.util.Formatter;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A run's numbers beside what RSA allows on the same machine, as a table or as JSON. */
public record DirectReport(DirectLoadOptions options, DirectLoadResult result, RsaRates rsa) {

    /** One object; relay CPU figures are null when the relay's process is not known. */
    public String json() {
        ObjectNode json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("workload", "direct")
                        .put("mode", "strict")
                        .put("transport", "ws")
                        .put("provider", rsa.provider())
                        .put("pairs", options.pairs())
                        .put("window", options.window())
                        .put("payload_bytes", options.textBytes())
                        .put("distinct_payloads", options.payloads())
                        .put("messages", result.messages())
                        .put("errors", result.errors())
                        .put("seconds", rounded(result.seconds()))
                        .put("per_second", rounded(result.perSecond()));
        putCpu(json, "relay_cpu_seconds", result.relayCpuSeconds());
        putCpu(json, "per_relay_cpu_second", result.perRelayCpuSecond());
        json.put("p50_us", Math.round(result.latencyUs(50)))
                .put("p99_us", Math.round(result.latencyUs(99)))
                .put("p999_us", Math.round(result.latencyUs(99.9)))
                .put("limit_sign_per_s", rounded(rsa.signPerSecond()))
                .put("limit_verify_per_s", rounded(rsa.verifyPerSecond()))
                .put("limit_per_cpu_second", rounded(rsa.relayedPerSecond()));
        putCpu(json, "ratio", result.perRelayCpuSecond() / rsa.relayedPerSecond());
        return json.toString();
    }

    /** Lines for a person. */
    public String table() {
        try (Formatter out = new Formatter(Locale.ROOT)) {
            out.format("direct messages through one relay, plain SOCP (strict), ws%n");
            out.format(
                    "  load        %d pairs, %d under way each, %d bytes of text%n",
                    options.pairs(), options.window(), options.textBytes());
            out.format(
                    "  corpus      signed before the run: %d payloads in turn, a new ts for each%n"
                            + "              frame, one key for all users, content_sig genuine for"
                            + " one ts only%n",
                    options.payloads());
            out.format(
                    "  delivered   %d in %.2f s: %.0f /s; %d errors%n",
                    result.messages(), result.seconds(), result.perSecond(), result.errors());
            out.format(
                    "  latency     p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms%n",
                    result.latencyUs(50) / 1e3,
                    result.latencyUs(99) / 1e3,
                    result.latencyUs(99.9) / 1e3);
            out.format(
                    "  RSA         %s: %.0f sign/s, %.0f verify/s on one core,%n"
                            + "              so at most %.0f messages per CPU second%n",
                    rsa.provider(),
                    rsa.signPerSecond(),
                    rsa.verifyPerSecond(),
                    rsa.relayedPerSecond());
            if (Double.isNaN(result.relayCpuSeconds())) {
                out.format("  relay CPU   not known (--pid)");
            } else {
                out.format(
                        "  relay CPU   %.2f s: %.0f messages per CPU second, %.2f of that limit",
                        result.relayCpuSeconds(),
                        result.perRelayCpuSecond(),
                        result.perRelayCpuSecond() / rsa.relayedPerSecond());
            }
            return out.toString();
        }
    }

    private static void putCpu(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, rounded(value));
        } else {
            json.putNull(name);
        }
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
