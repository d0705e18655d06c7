package io.socp.relay.client.cli;

import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.load.DirectLoad;
import io.socp.relay.client.load.DirectLoadOptions;
import io.socp.relay.client.load.DirectLoadResult;
import io.socp.relay.client.load.DirectReport;
import io.socp.relay.client.load.RsaRates;
import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.crypto.IdentityKey;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code socp bench direct}: direct messages per second through one relay. */
@Command(
        name = "direct",
        description = "Direct messages through one relay, in plain SOCP, signed beforehand.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchDirectCommandLine implements Callable<Integer> {

    private static final Duration LIMITS = Duration.ofSeconds(2);

    @Spec private CommandSpec spec;

    @Mixin private ServerOption server;

    @Option(
            names = "--pid",
            paramLabel = "RELAY_PID",
            description = "the relay's process on this machine, for its CPU time")
    private @Nullable Long pid;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "pairs of a sender and a recipient (default: ${DEFAULT-VALUE})")
    private int pairs;

    @Option(
            names = "--window",
            paramLabel = "W",
            defaultValue = "16",
            description = "messages under way for each pair (default: ${DEFAULT-VALUE})")
    private int window;

    @Option(
            names = "--warmup",
            converter = DurationConverter.class,
            defaultValue = "3s",
            description = "before measuring (default: ${DEFAULT-VALUE})")
    private Duration warmUp;

    @Option(
            names = "--duration",
            converter = DurationConverter.class,
            defaultValue = "10s",
            description = "of measuring (default: ${DEFAULT-VALUE})")
    private Duration duration;

    @Option(
            names = "--payload",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "length of each text (default: ${DEFAULT-VALUE})")
    private int textBytes;

    @Option(
            names = "--payloads",
            paramLabel = "N",
            defaultValue = "1000",
            description = "distinct signed payloads, used in turn (default: ${DEFAULT-VALUE})")
    private int payloads;

    @Option(names = "--json", description = "one JSON object on stdout")
    private boolean isJson;

    @Override
    public Integer call() throws InterruptedException, CommandFailure {
        range("--connections", pairs, 1, 10_000);
        range("--window", window, 1, 10_000);
        range("--payload", textBytes, 1, Sealer.DIRECT_BYTES_MAX);
        range("--payloads", payloads, 1, 100_000);
        DirectLoadOptions options =
                new DirectLoadOptions(
                        server.uri(), pairs, window, warmUp, duration, textBytes, payloads);
        IdentityKey key = IdentityKey.generate();
        DirectLoadResult result = run(options, key);
        RsaRates rsa = RsaRates.measure(CryptoProvider.chosen(), key, LIMITS);
        DirectReport report = new DirectReport(options, result, rsa);
        StandardOut.line(isJson ? report.json() : report.table());
        return ExitCodes.OK;
    }

    private DirectLoadResult run(DirectLoadOptions options, IdentityKey key)
            throws InterruptedException, CommandFailure {
        try {
            return DirectLoad.run(
                    options, key, pid == null ? OptionalLong.empty() : OptionalLong.of(pid));
        } catch (IOException failed) {
            throw new CommandFailure(String.valueOf(failed.getMessage()), failed);
        }
    }

    private void range(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " must be " + min + " to " + max + ", not " + value);
        }
    }
}
