package io.socp.relay.client.cli;

import io.socp.relay.client.load.Limit;
import picocli.CommandLine.Option;

/** {@code --limit}: what direct messages are held against. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LimitOption {

    @Option(
            names = "--limit",
            defaultValue = "rsa",
            description =
                    "what the ratio is of: ${COMPLETION-CANDIDATES}; rsa is verify and sign, or"
                        + " verify alone with --link-auth; router is a raw Netty server with the"
                        + " same frames (default: ${DEFAULT-VALUE})")
    private Limit.Kind kind;

    Limit.Kind kind() {
        return kind;
    }
}
