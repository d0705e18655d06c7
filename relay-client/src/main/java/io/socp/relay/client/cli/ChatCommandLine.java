package io.socp.relay.client.cli;

import io.socp.relay.client.ClientOptions;
import io.socp.relay.client.FileOptions;
import io.socp.relay.client.ReturnOptions;
import io.socp.relay.client.profile.Profile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code socp chat}: one user's conversation, at a terminal or from a script. */
@Command(
        name = "chat",
        description =
                "Talk as a user. Lines: /list, /tell <user> <text>, /all <text>, /file"
                        + " <user|public> <path>, /help, /quit.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ChatCommandLine implements Callable<Integer> {

    /** As a relay accepts it in a hello. */
    private static final int NAME_CHARS_MAX = 64;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "PROFILE.json",
            description = "the user's id, keys and known keys; made when missing")
    private Path profilePath;

    @Mixin private ServerOption server;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "display name shown to others; kept in the profile")
    private @Nullable String name;

    @Option(
            names = "--elsewhere",
            paramLabel = "ws[s]://HOST:PORT",
            description =
                    "another relay to go to when the connection is lost; may be given several"
                            + " times")
    private List<URI> elsewhere = List.of();

    @Option(
            names = "--reconnect",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description =
                    "connect anew when the connection is lost; by default at a terminal, and with"
                            + " --elsewhere")
    private @Nullable Boolean reconnects;

    @Option(names = "--json", description = "events as JSON on stdout, one object a line")
    private boolean isJson;

    @Option(
            names = "--plain",
            hidden = true,
            description = "plain SOCP v1.3 towards everyone, as towards strangers")
    private boolean isPlain;

    @Override
    public Integer call() throws IOException, CommandFailure {
        if (name != null && (name.isBlank() || name.length() > NAME_CHARS_MAX)) {
            throw new ParameterException(
                    spec.commandLine(), "--name must have 1 to " + NAME_CHARS_MAX + " characters");
        }
        Profile profile = Profile.openOrCreate(profilePath);
        if (name != null) {
            profile.rename(name);
        }
        ClientOptions options =
                ClientOptions.to(server.uri())
                        .trusting(server.trust())
                        .withFiles(FileOptions.into(downloads()))
                        .returning(returns());
        return StandardChat.run(
                isPlain ? options.withoutHybrid() : options, profile.identity(), isJson);
    }

    private ReturnOptions returns() {
        boolean isUsual = !elsewhere.isEmpty() || (!isJson && StandardChat.isInteractive());
        boolean isWanted = reconnects == null ? isUsual : reconnects;
        return isWanted ? ReturnOptions.to(elsewhere) : ReturnOptions.NEVER;
    }

    /** Beside the profile. */
    private Path downloads() {
        return profilePath.toAbsolutePath().resolveSibling("downloads");
    }
}
