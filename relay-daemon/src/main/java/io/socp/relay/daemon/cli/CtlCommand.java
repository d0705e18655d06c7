package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.cli.ManagementClient.Answer;
import io.socp.relay.daemon.config.ConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code socp ctl}: asks a running relay. */
@Command(
        name = "ctl",
        description = "Asks a running relay on its management port.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class CtlCommand implements Runnable {

    private static final String DEFAULT_PORT = "9765";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Option(
            names = "--management",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description =
                    "the management port (default: SOCP_MANAGEMENT, or this machine's port of"
                            + " SOCP_MANAGEMENT_PORT, or 9765)")
    private String management = "";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            scope = ScopeType.INHERIT,
            description =
                    "the management token (default: SOCP_MANAGEMENT_TOKEN, or the file of"
                            + " SOCP_MANAGEMENT_TOKEN_FILE)")
    private String token = "";

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "an action is missing");
    }

    @Command(name = "status", description = "The relay in one look, as JSON.")
    int status() throws IOException, ConfigurationException {
        return print("/api/v1/status");
    }

    @Command(name = "peers", description = "Servers linked, and those behind them, as JSON.")
    int peers() throws IOException, ConfigurationException {
        return print("/api/v1/peers");
    }

    @Command(name = "users", description = "Users on the whole network, a page at a time, as JSON.")
    int users(
            @Option(names = "--after", paramLabel = "ID", description = "the last one known")
                    @Nullable String after,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "100") int limit)
            throws IOException, ConfigurationException {
        return print(
                "/api/v1/users?limit=" + limit + (after == null ? "" : "&after=" + encoded(after)));
    }

    @Command(name = "links", description = "Open links, a page at a time, as JSON.")
    int links(
            @Option(names = "--after", paramLabel = "N", defaultValue = "0") long after,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "100") int limit)
            throws IOException, ConfigurationException {
        return print("/api/v1/links?limit=" + limit + "&after=" + after);
    }

    @Command(
            name = "health",
            description = "Whether the relay is live or ready: exit 0, or else 1 and the reason.")
    int health(
            @Parameters(
                            paramLabel = "livez|readyz",
                            defaultValue = "readyz",
                            description = "which of the two probes")
                    String probe)
            throws IOException, ConfigurationException {
        if (!probe.equals("livez") && !probe.equals("readyz")) {
            throw new ParameterException(spec.commandLine(), "livez or readyz, not " + probe);
        }
        return print("/" + probe);
    }

    private int print(String path) throws IOException, ConfigurationException {
        Answer answer = client().get(path);
        if (!answer.isOk()) {
            throw new IOException(answer.status() + ": " + answer.text().strip());
        }
        spec.commandLine().getOut().println(answer.text().strip());
        spec.commandLine().getOut().flush();
        return 0;
    }

    private ManagementClient client() throws ConfigurationException {
        return new ManagementClient(url(), token());
    }

    private URI url() throws ConfigurationException {
        String text = management.isEmpty() ? variable("SOCP_MANAGEMENT", "") : management;
        if (text.isEmpty()) {
            text = "http://127.0.0.1:" + variable("SOCP_MANAGEMENT_PORT", DEFAULT_PORT);
        }
        try {
            URI url = URI.create(text);
            if ("http".equals(url.getScheme()) && url.getHost() != null) {
                return url;
            }
        } catch (IllegalArgumentException noUrl) {
            // Said below, with other URLs than ours.
        }
        throw new ConfigurationException("the management port is http://HOST:PORT, not " + text);
    }

    private @Nullable String token() throws ConfigurationException {
        if (!token.isEmpty()) {
            return token;
        }
        String given = variable("SOCP_MANAGEMENT_TOKEN", "");
        String file = variable("SOCP_MANAGEMENT_TOKEN_FILE", "");
        if (!given.isEmpty() || file.isEmpty()) {
            return given.isEmpty() ? null : given;
        }
        try {
            return Files.readString(Path.of(file)).lines().findFirst().orElse("").strip();
        } catch (IOException unreadable) {
            throw new ConfigurationException(
                    "management token " + file + " cannot be read: " + unreadable.getMessage());
        }
    }

    private static String variable(String name, String standard) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? standard : value;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
