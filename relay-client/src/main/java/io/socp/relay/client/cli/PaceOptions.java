package io.socp.relay.client.cli;

import picocli.CommandLine.Option;

/** How fast messages are sent: in a closed loop or an open one. */
final class PaceOptions {

    @Option(
            names = "--window",
            paramLabel = "W",
            defaultValue = "16",
            description =
                    "messages under way for each sender, the next when one has arrived"
                            + " (default: ${DEFAULT-VALUE})")
    private int window;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "0",
            description =
                    "instead: messages a second of all senders, whatever comes back; latency"
                            + " counts from when each was due")
    private double rate;

    int window() {
        return window;
    }

    double rate() {
        return rate;
    }
}
