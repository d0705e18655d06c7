package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.cli.ManagementClient.Answer;
import io.socp.relay.daemon.config.ConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        description = "Asks a running relay, or gives it orders, on its management port.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        subcommands = {TopCommand.class, TraceCommand.class})
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
                            + " SOCP_MANAGEMENT_PORT, or 9765); trace takes several")
    private List<String> management = new ArrayList<>();

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

    @Command(name = "kick", description = "Closes a user's link, or a link by its number.")
    int kick(
            @Option(names = "--user", paramLabel = "ID") @Nullable String user,
            @Option(names = "--link", paramLabel = "N") @Nullable String link)
            throws IOException, ConfigurationException {
        return order("/api/v1/kick?" + query("user", user, "link", link));
    }

    @Command(
            name = "ban",
            description = "Shuts out a user, a server or an address, and closes what is open.")
    int ban(
            @Option(names = "--user", paramLabel = "ID") @Nullable String user,
            @Option(names = "--server", paramLabel = "ID") @Nullable String server,
            @Option(names = "--address", paramLabel = "IP") @Nullable String address,
            @Option(names = "--for", paramLabel = "SPAN", description = "30s, 10m, 2h, 7d")
                    @Nullable String span,
            @Option(names = "--reason", paramLabel = "TEXT") @Nullable String reason)
            throws IOException, ConfigurationException {
        return order(
                "/api/v1/ban?"
                        + query(
                                "user", user, "server", server, "address", address, "for", span,
                                "reason", reason));
    }

    @Command(name = "unban", description = "Lets a user, a server or an address in again.")
    int unban(
            @Option(names = "--user", paramLabel = "ID") @Nullable String user,
            @Option(names = "--server", paramLabel = "ID") @Nullable String server,
            @Option(names = "--address", paramLabel = "IP") @Nullable String address)
            throws IOException, ConfigurationException {
        return order("/api/v1/unban?" + query("user", user, "server", server, "address", address));
    }

    @Command(name = "bans", description = "Who is shut out, and until when, as JSON.")
    int bans() throws IOException, ConfigurationException {
        return print("/api/v1/bans");
    }

    @Command(name = "drain", description = "Lets nobody in any more, tells everyone, and ends it.")
    int drain() throws IOException, ConfigurationException {
        return order("/api/v1/drain");
    }

    @Command(
            name = "reload",
            description = "Has the relay read its settings again, and says what has changed.")
    int reload() throws IOException, ConfigurationException {
        return order("/api/v1/reload");
    }

    @Command(name = "log-level", description = "Sets how much the relay, or a part of it, logs.")
    int logLevel(
            @Parameters(paramLabel = "LEVEL", description = "trace, debug, info, warn, error, off")
                    String level,
            @Option(names = "--logger", paramLabel = "NAME", defaultValue = "ROOT") String logger)
            throws IOException, ConfigurationException {
        return order("/api/v1/log-level?" + query("level", level, "logger", logger));
    }

    /** Names and values by turns; those without a value are left out. */
    private static String query(@Nullable String... namesAndValues) {
        List<String> given = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null) {
                given.add(namesAndValues[i] + "=" + encoded(value));
            }
        }
        return String.join("&", given);
    }

    private int order(String path) throws IOException, ConfigurationException {
        return print(client().post(path));
    }

    private int print(String path) throws IOException, ConfigurationException {
        return print(client().get(path));
    }

    private int print(Answer answer) throws IOException {
        if (!answer.isOk()) {
            throw new IOException(answer.status() + ": " + answer.text().strip());
        }
        spec.commandLine().getOut().println(answer.text().strip());
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** The one relay that is asked. */
    ManagementClient client() throws ConfigurationException {
        List<ManagementClient> all = clients();
        if (all.size() > 1) {
            throw new ParameterException(spec.commandLine(), "one --management at a time");
        }
        return all.getFirst();
    }

    /** All relays that are asked; one at least. */
    List<ManagementClient> clients() throws ConfigurationException {
        String standard =
                variable(
                        "SOCP_MANAGEMENT",
                        "http://127.0.0.1:" + variable("SOCP_MANAGEMENT_PORT", DEFAULT_PORT));
        List<ManagementClient> clients = new ArrayList<>();
        for (String text : management.isEmpty() ? List.of(standard) : management) {
            clients.add(new ManagementClient(url(text), token()));
        }
        return clients;
    }

    private static URI url(String text) throws ConfigurationException {
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
