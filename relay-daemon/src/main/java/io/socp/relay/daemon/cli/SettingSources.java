package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.config.ConfigFile;
import io.socp.relay.daemon.config.ConfigFile.Setting;
import io.socp.relay.daemon.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Where settings come from that no flag gives: the environment before the configuration file, and
 * that before the defaults. Everything wrong in either is said at once, with its place.
 */
final class SettingSources implements IDefaultValueProvider {

    static final String CONFIG_FLAG = "--config";
    static final String CONFIG_FILE = "relay.yaml";

    private static final String ENVIRONMENT = "SOCP_";

    /** What the launcher and the other commands read. */
    private static final Set<String> OTHERS =
            Set.of(
                    "SOCP_JAVA_OPTS",
                    "SOCP_BUILD",
                    "SOCP_LAUNCHER",
                    "SOCP_CONFIG",
                    "SOCP_MANAGEMENT");

    private final Map<String, Value> values;
    private final List<String> warnings;
    private final List<String> args;
    private final Map<String, String> environment;

    /**
     * A setting's value.
     *
     * @param origin for people: which variable, or which line of which file
     */
    record Value(String text, String origin) {}

    private SettingSources(
            Map<String, Value> values,
            List<String> warnings,
            List<String> args,
            Map<String, String> environment) {
        this.args = List.copyOf(args);
        this.environment = Map.copyOf(environment);
        this.values = Map.copyOf(values);
        this.warnings = List.copyOf(warnings);
    }

    /** No sources but the defaults. */
    static SettingSources none() {
        return new SettingSources(Map.of(), List.of(), List.of(), Map.of());
    }

    /** The sources that stand behind this command line, each value checked by itself. */
    static SettingSources of(List<String> args, Map<String, String> environment)
            throws ConfigurationException {
        CommandLine probe = probe();
        Map<String, OptionSpec> known = settings(probe);
        List<String> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Map<String, Value> values = new HashMap<>(fromFile(args, environment, known, problems));
        values.putAll(fromEnvironment(environment, known, warnings));
        new TreeMap<>(values)
                .forEach((name, value) -> {
                    String problem = problemOf(name, value, probe);
                    if (problem != null) {
                        problems.add(problem);
                    }
                });
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new SettingSources(values, warnings, args, environment);
    }

    /** The same command line and environment, with the file as it is now. */
    SettingSources again() throws ConfigurationException {
        return of(args, environment);
    }

    /** The command line that these stand behind. */
    List<String> args() {
        return args;
    }

    /** What can be set, by name. */
    static Map<String, OptionSpec> settings() {
        return settings(probe());
    }

    private static Map<String, OptionSpec> settings(CommandLine probe) {
        Map<String, OptionSpec> settings = new TreeMap<>();
        for (OptionSpec option : probe.getCommandSpec().options()) {
            if (!option.longestName().equals(CONFIG_FLAG)) {
                settings.put(name(option), option);
            }
        }
        return settings;
    }

    /** {@code --max-clients}: {@code max-clients}. */
    static String name(OptionSpec option) {
        return option.longestName().substring(2);
    }

    /** {@code max-clients}: {@code SOCP_MAX_CLIENTS}. */
    static String variable(String name) {
        return ENVIRONMENT + name.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** What is odd and does not keep a relay from running. */
    List<String> warnings() {
        return warnings;
    }

    /** The setting's value here; null where the default stands. */
    @Nullable Value find(String name) {
        return values.get(name);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        Value value = values.get(name(option));
        return value == null ? null : value.text();
    }

    private static Map<String, Value> fromFile(
            List<String> args,
            Map<String, String> environment,
            Map<String, OptionSpec> known,
            List<String> problems)
            throws ConfigurationException {
        String named = named(args, environment);
        Path file = Path.of(named == null ? CONFIG_FILE : named);
        if (Files.notExists(file)) {
            if (named != null) {
                throw new ConfigurationException(file + " does not exist");
            }
            return Map.of();
        }
        Map<String, Value> values = new HashMap<>();
        for (Map.Entry<String, Setting> entry : ConfigFile.read(file).entrySet()) {
            String place = file + ", line " + entry.getValue().line();
            if (known.containsKey(entry.getKey())) {
                values.put(entry.getKey(), new Value(entry.getValue().text(), place));
            } else {
                problems.add(
                        place
                                + ": unknown setting "
                                + entry.getKey()
                                + suggestion(entry.getKey(), known.keySet()));
            }
        }
        return values;
    }

    private static @Nullable String named(List<String> args, Map<String, String> environment) {
        for (int i = args.size() - 1; i >= 0; i--) {
            String arg = args.get(i);
            if (arg.startsWith(CONFIG_FLAG + "=")) {
                return arg.substring(CONFIG_FLAG.length() + 1);
            }
            if (arg.equals(CONFIG_FLAG) && i + 1 < args.size()) {
                return args.get(i + 1);
            }
        }
        String variable = environment.get(variable(CONFIG_FLAG.substring(2)));
        return variable == null || variable.isEmpty() ? null : variable;
    }

    /**
     * An unknown variable is no error: orchestrators put the names of services into the environment
     * of their neighbours.
     */
    private static Map<String, Value> fromEnvironment(
            Map<String, String> environment, Map<String, OptionSpec> known, List<String> warnings) {
        Map<String, String> names = new HashMap<>();
        known.keySet().forEach(name -> names.put(variable(name), name));
        Map<String, Value> values = new HashMap<>();
        new TreeMap<>(environment)
                .forEach((variable, text) -> {
                    String name = names.get(variable);
                    if (name != null) {
                        values.put(name, new Value(text, variable));
                    } else if (variable.startsWith(ENVIRONMENT) && !OTHERS.contains(variable)) {
                        warnings.add(
                                variable
                                        + " in the environment is no setting"
                                        + suggestion(variable, names.keySet()));
                    }
                });
        return values;
    }

    /** What is wrong with the value; null for nothing. */
    private static @Nullable String problemOf(String name, Value value, CommandLine line) {
        Probe probe = line.getCommand();
        try {
            // Each value beside the defaults of all others, which a parse puts back.
            line.parseArgs("--" + name + "=" + value.text());
            probe.flags.check();
            return null;
        } catch (ParameterException wrong) {
            return value.origin()
                    + ": "
                    + String.valueOf(wrong.getMessage()).replace("'--", "'").replace("--", "");
        }
    }

    /** Made once for all that is asked: reading what each flag says of itself takes its time. */
    private static CommandLine probe() {
        return new CommandLine(new Probe()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static String suggestion(String word, Collection<String> known) {
        String nearest = Spelling.nearest(word, known);
        return nearest == null ? "" : "; did you mean " + nearest + "?";
    }

    /** The settings alone, to ask and to try. */
    @CommandLine.Command
    private static final class Probe {
        @CommandLine.Mixin private final RelayFlags flags = new RelayFlags();
    }
}
