package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.config.ConfigurationException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point of the process: the commands of the daemon. */
@Command(
        name = "socp",
        description = "SOCP v1.3 overlay relay",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        subcommands = {RelayCommand.class},
        footer = {
            "",
            "The client's commands: socp chat | mesh | bench (each has its own --help)",
            "Exit codes: 0 ok, 1 failure, 2 usage, 78 configuration"
        })
public final class SocpDaemon implements Runnable {

    /** A configuration that cannot be used (sysexits EX_CONFIG). */
    static final int EXIT_CONFIGURATION = 78;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Runs the command line and exits with its code. */
    public static void main(String[] args) {
        int code = run(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(String... args) {
        return new CommandLine(new SocpDaemon())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, commandLine, _) -> {
                    // What went wrong outside is one line; only a bug has a stack.
                    if (failure instanceof ConfigurationException
                            || failure instanceof IOException) {
                        commandLine.getErr().println(failure.getMessage());
                    } else {
                        failure.printStackTrace(commandLine.getErr());
                    }
                    return failure instanceof ConfigurationException
                            ? EXIT_CONFIGURATION
                            : CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }
}
