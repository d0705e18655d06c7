package io.socp.relay.client.cli;

import io.socp.relay.client.profile.ProfileException;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The client's main class: {@code chat}, {@code mesh} and {@code bench}. */
@Command(
        name = "socp",
        description = "Secure Overlay Chat Protocol: the client's commands.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        subcommands = {
            ChatCommandLine.class,
            MeshCommandLine.class,
            BenchCommandLine.class,
            ConformanceCommandLine.class
        })
public final class SocpClientCommand implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(SocpClientCommand.class);

    @Spec private CommandSpec spec;

    /** Instances are made by picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init")
    public SocpClientCommand() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new SocpClientCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(SocpClientCommand::onFailure);
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Expected failures are one line; anything else is a bug and shows where it happened. */
    private static int onFailure(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof ProfileException unusable) {
            command.getErr().println(prefix(command) + unusable.getMessage());
            return ExitCodes.CONFIGURATION;
        }
        if (failure instanceof CommandFailure expected) {
            command.getErr().println(prefix(command) + expected.getMessage());
            return ExitCodes.FAILURE;
        }
        log.error("{} failed", command.getCommandSpec().qualifiedName(), failure);
        return ExitCodes.FAILURE;
    }

    private static String prefix(CommandLine command) {
        return command.getCommandSpec().qualifiedName() + ": ";
    }
}
