package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.DataDir;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code socp keygen}: makes a server's id and key before its first start. */
@Command(
        name = "keygen",
        description = {
            "Makes a server's id and key, or finds those that are there, and prints what other",
            "servers' bootstrap files say of it. What is there is never replaced."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        showDefaultValues = true)
final class KeygenCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "${env:SOCP_DATA_DIR:-data}",
            description = "where they are kept")
    private Path dataDir = Path.of("data");

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "HOST",
            description = "where others dial the server, to print")
    private String host = "HOST";

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8765", description = "the same")
    private int port = 8_765;

    @Override
    public Integer call() throws ConfigurationException {
        try (DataDir data = DataDir.open(dataDir)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("# " + data.id());
            out.println("bootstrap_servers:");
            out.println("  - host: \"" + host + "\"");
            out.println("    port: " + port);
            out.println("    pubkey: \"" + data.key().signer().publicKey().text() + "\"");
            out.flush();
        }
        return 0;
    }
}
