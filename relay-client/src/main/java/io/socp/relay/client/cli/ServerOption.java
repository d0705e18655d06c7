package io.socp.relay.client.cli;

import io.socp.relay.client.session.SessionOptions;
import java.net.URI;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --server}: the relay a command talks to. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ServerOption {

    @Spec(Target.MIXEE)
    private CommandSpec command;

    private URI uri;

    @Option(
            names = "--server",
            paramLabel = "ws://HOST:PORT",
            defaultValue = "ws://127.0.0.1:8765",
            description = "the relay (default: ${DEFAULT-VALUE})")
    void setUri(URI given) {
        try {
            uri = SessionOptions.to(given).server();
        } catch (IllegalArgumentException unusable) {
            throw new ParameterException(
                    command.commandLine(), "--server: " + unusable.getMessage(), unusable);
        }
    }

    URI uri() {
        return uri;
    }
}
