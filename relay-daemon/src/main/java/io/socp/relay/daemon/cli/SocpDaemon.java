package io.socp.relay.daemon.cli;

import io.socp.relay.crypto.CryptoProvider;
import io.socp.relay.daemon.config.ConfigurationException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
        footer = {
            "",
            "The client's commands: socp chat | mesh | bench (each has its own --help)",
            "Exit codes: 0 ok, 1 failure, 2 usage, 78 configuration"
        })
public final class SocpDaemon implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(SocpDaemon.class);

    /** In the order in which help names them. */
    private static final List<Class<?>> COMMANDS =
            List.of(
                    RelayCommand.class,
                    CheckConfigCommand.class,
                    DefaultConfigCommand.class,
                    PrintConfigCommand.class,
                    KeygenCommand.class,
                    RehearseCommand.class,
                    CtlCommand.class);

    private static final Set<String> WITHOUT_SETTINGS =
            Set.of("default-config", "keygen", "rehearse", "ctl");

    /** The others, {@code ctl} above all, are done sooner without. */
    private static final Set<String> WITH_KEYS = Set.of("relay", "keygen");

    private static final Set<String> HELP = Set.of("-h", "--help", "-V", "--version");

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
        if (args.length > 0 && WITH_KEYS.contains(args[0])) {
            // Its native library is unpacked and checked, which takes as long as the rest of a
            // start.
            Thread.ofPlatform().name("crypto-provider").daemon(true).start(CryptoProvider::chosen);
        }
        int code = run(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(String... args) {
        return run(System.getenv(), args);
    }

    static int run(Map<String, String> environment, String... args) {
        CommandLine line;
        try {
            SettingSources sources = sources(environment, args);
            sources.warnings().forEach(LOG::warn);
            line = commandLine(sources, args);
        } catch (ConfigurationException unusable) {
            new CommandLine(new SocpDaemon()).getErr().println(unusable.getMessage());
            return EXIT_CONFIGURATION;
        }
        return line.setExecutionExceptionHandler(
                        (failure, commandLine, _) -> {
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

    /**
     * The command that the line names, alone where it names one, since each takes its time to read
     * what it says of itself; with these sources behind its flags.
     */
    static CommandLine commandLine(SettingSources sources, String... args) {
        CommandLine line = new CommandLine(new SocpDaemon());
        boolean isNamed =
                args.length > 0
                        && COMMANDS.stream().map(SocpDaemon::name).anyMatch(args[0]::equals);
        COMMANDS.stream()
                .filter(command -> !isNamed || name(command).equals(args[0]))
                .forEach(line::addSubcommand);
        return line.setDefaultValueProvider(sources).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    /** Whoever asks how a command is used, or for the defaults, wants no word on what is set. */
    private static SettingSources sources(Map<String, String> environment, String... args)
            throws ConfigurationException {
        boolean isOther = args.length > 0 && WITHOUT_SETTINGS.contains(args[0]);
        return isOther || Arrays.stream(args).anyMatch(HELP::contains)
                ? SettingSources.none()
                : SettingSources.of(List.of(args), environment);
    }
}
