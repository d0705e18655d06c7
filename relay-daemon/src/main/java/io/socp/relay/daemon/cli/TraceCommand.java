package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.message.MessageReference;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code socp ctl trace}: which relays a message has passed, and when. */
@Command(
        name = "trace",
        description = {
            "Which relays a message has passed, and when.",
            "Asks each relay that --management names, and puts what they say in order of time."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class TraceCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CtlCommand ctl;

    @Parameters(
            paramLabel = "REFERENCE",
            description =
                    "16 hex digits, as \"trace\" of what chat --json says of a message sent: the"
                            + " first 8 bytes of its content_sig")
    private String reference = "";

    @Option(names = "--json", description = "one JSON object, for scripts")
    private boolean isJson;

    @Override
    public Integer call() throws IOException, ConfigurationException {
        MessageReference wanted =
                MessageReference.parse(reference)
                        .orElseThrow(() ->
                                new ParameterException(
                                        spec.commandLine(),
                                        "REFERENCE is 16 hex digits, not " + reference));
        PrintWriter err = spec.commandLine().getErr();
        List<TracePath.Part> parts = new ArrayList<>();
        for (ManagementClient client : ctl.clients()) {
            try {
                parts.add(TracePath.Part.of(client.document("/api/v1/trace/" + wanted)));
            } catch (IOException silent) {
                // What the others say is worth as much without it.
                err.println(silent.getMessage());
            }
        }
        if (parts.isEmpty()) {
            return 1;
        }
        TracePath path = new TracePath(parts);
        PrintWriter out = spec.commandLine().getOut();
        if (isJson) {
            out.println(path.json());
        } else {
            path.lines().forEach(out::println);
        }
        out.flush();
        return path.isKnown() ? 0 : 1;
    }
}
