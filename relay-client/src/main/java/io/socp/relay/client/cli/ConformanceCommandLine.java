package io.socp.relay.client.cli;

import io.socp.relay.client.conformance.Conformance;
import io.socp.relay.client.conformance.KeyRing;
import io.socp.relay.client.conformance.Report;
import io.socp.relay.client.conformance.Settings;
import io.socp.relay.client.conformance.Standard;
import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code socp conformance}: a server against the standard, clause by clause. */
@Command(
        name = "conformance",
        description =
                "Play strict users and strict servers against a server, and report clause by"
                        + " clause of SOCP v1.3. Takes about a minute.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ConformanceCommandLine implements Callable<Integer> {

    private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(1);

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "URL", description = "the server: ws://HOST:PORT, or with a path")
    private URI url;

    @Option(names = "--json", description = "one JSON object on stdout")
    private boolean isJson;

    @Option(
            names = "--timeout",
            converter = DurationConverter.class,
            defaultValue = "3s",
            description = "for each answer (default: ${DEFAULT-VALUE})")
    private Duration timeout;

    @Option(
            names = "--pubkey",
            paramLabel = "KEY",
            description = "the server's key, as bootstrap files pin it, if it does not show it")
    private @Nullable String key;

    @Option(
            names = "--only",
            paramLabel = "ID",
            split = ",",
            description = "clauses whose id begins so, for example direct,join.list")
    private List<String> prefixes = List.of();

    @Override
    public Integer call() throws InterruptedException, CommandFailure {
        Settings settings = settings();
        int clauses = Standard.clauses(settings.chosen()).size();
        if (clauses == 0) {
            throw usage("--only names no clause");
        }
        reach(settings);
        if (!isJson) {
            StandardOut.errorLine("trying " + clauses + " clauses, up to a minute ...");
        }
        Report report = Conformance.run(settings, KeyRing.fresh());
        StandardOut.line(isJson ? report.json() : report.table());
        return report.failed() == 0 ? ExitCodes.OK : ExitCodes.FAILURE;
    }

    private static void reach(Settings settings) throws InterruptedException, CommandFailure {
        try {
            Conformance.reach(settings);
        } catch (IOException unreachable) {
            throw new CommandFailure(
                    settings.url() + " cannot be reached: " + unreachable.getMessage(),
                    unreachable);
        }
    }

    private Settings settings() {
        if (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw usage("--timeout must be 100ms to 1m");
        }
        Settings all = Settings.of(server(), timeout);
        Settings pinned = key == null ? all : all.with(read(key));
        if (prefixes.isEmpty()) {
            return pinned;
        }
        return pinned.only(id -> prefixes.stream().anyMatch(id::startsWith));
    }

    private URI server() {
        try {
            SessionOptions options = SessionOptions.to(url);
            if (options.isOverTls()) {
                throw usage("the conformance run speaks ws:// alone");
            }
            return options.server();
        } catch (IllegalArgumentException unusable) {
            throw usage(String.valueOf(unusable.getMessage()));
        }
    }

    private RsaPublicKey read(String text) {
        return switch (RsaPublicKey.read(text)) {
            case KeyReading.Valid(RsaPublicKey valid) -> valid;
            case KeyReading.Invalid(String reason) -> throw usage("--pubkey: " + reason);
        };
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
