package io.socp.relay.client.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --connections}: how many of what a workload counts. */
final class ConnectionsOption {

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "pairs, readers or links: what this workload counts")
    private @Nullable Integer connections;

    /** As many as asked for, or else the workload's own number. */
    int or(int standard) {
        return connections == null ? standard : connections;
    }
}
