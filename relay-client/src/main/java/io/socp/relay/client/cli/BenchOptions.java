package io.socp.relay.client.cli;

import io.socp.relay.client.load.Corpus;
import io.socp.relay.client.load.CorpusException;
import io.socp.relay.client.load.CorpusFile;
import io.socp.relay.client.load.CorpusSpec;
import io.socp.relay.client.load.Dialect;
import io.socp.relay.client.load.Limit;
import io.socp.relay.client.load.LoadOptions;
import io.socp.relay.client.load.LoadResult;
import io.socp.relay.client.load.Report;
import io.socp.relay.client.load.ReportTable;
import io.socp.relay.client.load.Workload;
import io.socp.relay.client.session.SessionOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What all workloads of {@code socp bench} have in common. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchOptions {

    /** How the limit of a workload is measured. */
    interface Limits {
        Limit measure(LoadOptions options, Corpus corpus) throws IOException, InterruptedException;
    }

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--server",
            paramLabel = "ws[s]://HOST:PORT",
            defaultValue = "ws://127.0.0.1:8765",
            description = "the relay; mesh wants two (default: ${DEFAULT-VALUE})")
    private List<URI> servers;

    @Option(
            names = "--pid",
            paramLabel = "RELAY_PID",
            description = "the relay's process on this machine, for its CPU and memory; repeatable")
    private List<Long> pids = new ArrayList<>();

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
            description = "length of each text (default: 64)")
    private int textBytes = CorpusSpec.DEFAULT.textBytes();

    @Option(
            names = "--payloads",
            paramLabel = "N",
            description = "distinct signed payloads (default: 2000)")
    private int payloads = CorpusSpec.DEFAULT.payloads();

    @Option(
            names = "--keys",
            paramLabel = "N",
            description = "distinct keys, which the users share (default: 4)")
    private int keys = CorpusSpec.DEFAULT.keys();

    @Option(
            names = "--corpus",
            paramLabel = "FILE",
            description =
                    "keys and signed payloads, made when missing (default: one in"
                            + " $$XDG_CACHE_HOME/socp or ~/.cache/socp)")
    private @Nullable Path corpusFile;

    @Option(
            names = "--dialect",
            defaultValue = "ours",
            description =
                    "the server's way with a hello: ${COMPLETION-CANDIDATES} (default:"
                            + " ${DEFAULT-VALUE})")
    private Dialect dialect;

    @Mixin private SecurityOptions security;

    @Option(names = "--skip-limits", description = "do not measure the limits as well")
    private boolean skipsLimits;

    @Option(names = "--json", description = "one JSON object on stdout")
    private boolean isJson;

    /** The load of these and a workload's own options; a usage error where they do not fit. */
    LoadOptions load(LoadShape shape, int serversWanted) {
        if (servers.size() != serversWanted) {
            throw usage("--server must be given " + serversWanted + " times");
        }
        List<URI> checked = servers.stream().map(this::checked).toList();
        try {
            return new LoadOptions(
                    checked,
                    pids,
                    shape.connections(),
                    shape.senders(),
                    shape.window(),
                    shape.rate(),
                    shape.stalledPercent(),
                    warmUp,
                    duration,
                    dialect,
                    security.security());
        } catch (IllegalArgumentException outOfBounds) {
            throw usage(outOfBounds.getMessage());
        }
    }

    private URI checked(URI server) {
        try {
            return security.secured(SessionOptions.to(server).server());
        } catch (IllegalArgumentException unusable) {
            throw usage("--server: " + unusable.getMessage());
        }
    }

    /** The keys and payloads, from their file or made now. */
    Corpus corpus() throws CommandFailure {
        CorpusSpec spec;
        try {
            spec = new CorpusSpec(keys, payloads, textBytes);
        } catch (IllegalArgumentException outOfBounds) {
            throw usage(outOfBounds.getMessage());
        }
        Path file =
                corpusFile == null ? CorpusFile.standardPlace(spec, System.getenv()) : corpusFile;
        if (!Files.exists(file)) {
            StandardOut.errorLine("signing " + spec + " for " + file + " ...");
        }
        try {
            return CorpusFile.open(file, spec);
        } catch (CorpusException unusable) {
            throw new CommandFailure(String.valueOf(unusable.getMessage()), unusable);
        } catch (IOException failed) {
            throw new CommandFailure("the corpus " + file + ": " + failed, failed);
        }
    }

    /** Runs a workload and its limit, prints both. */
    LoadResult run(Workload workload, LoadOptions options, Limits limits)
            throws CommandFailure, InterruptedException {
        Corpus corpus = corpus();
        try {
            LoadResult result = workload.run(options, corpus);
            Limit limit = skipsLimits ? Limit.NONE : limits.measure(options, corpus);
            Report report = new Report(result, limit);
            StandardOut.line(isJson ? report.json().toString() : new ReportTable(report).text());
            return result;
        } catch (IllegalArgumentException outOfBounds) {
            throw usage(outOfBounds.getMessage());
        } catch (IOException failed) {
            throw new CommandFailure(String.valueOf(failed.getMessage()), failed);
        }
    }

    boolean isJson() {
        return isJson;
    }

    ParameterException usage(@Nullable String message) {
        return new ParameterException(command.commandLine(), String.valueOf(message));
    }

    /** The part of a load that each workload has its own options for. */
    record LoadShape(int connections, int senders, int window, double rate, int stalledPercent) {}
}
