package io.socp.relay.daemon.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code socp print-config}: every setting as a relay would take it, and where it comes from. */
@Command(
        name = "print-config",
        description = {
            "Prints each setting of a relay and where its value comes from.",
            "Takes the flags of socp relay. Secrets are not shown."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        showDefaultValues = true)
final class PrintConfigCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin private RelayFlags flags = new RelayFlags();

    @Override
    public Integer call() {
        flags.check();
        PrintWriter out = spec.commandLine().getOut();
        for (Map.Entry<String, OptionSpec> setting : SettingSources.settings().entrySet()) {
            print(out, setting.getKey(), setting.getValue().longestName());
        }
        out.flush();
        return 0;
    }

    private void print(PrintWriter out, String name, String flag) {
        ParseResult parsed = spec.commandLine().getParseResult();
        OptionSpec given = parsed.matchedOption(flag);
        SettingSources.Value elsewhere = sources().find(name);
        String text;
        String origin;
        if (given != null) {
            text = String.join(",", given.originalStringValues());
            origin = "flag";
        } else if (elsewhere != null) {
            text = elsewhere.text();
            origin = elsewhere.origin();
        } else {
            text = spec.findOption(flag).defaultValue();
            origin = "default";
        }
        out.println(name + ": " + DefaultConfigCommand.yaml(shown(name, text)) + "  # " + origin);
    }

    private SettingSources sources() {
        return spec.defaultValueProvider() instanceof SettingSources given
                ? given
                : SettingSources.none();
    }

    private static String shown(String name, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        return RelayFlags.isSecret(name) ? "(hidden)" : text;
    }
}
