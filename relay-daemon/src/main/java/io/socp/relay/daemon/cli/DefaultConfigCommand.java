package io.socp.relay.daemon.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code socp default-config}: a configuration file with every setting, explained. */
@Command(
        name = "default-config",
        description = "Writes a relay.yaml with every setting at its default, explained.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class DefaultConfigCommand implements Callable<Integer> {

    private static final int WIDTH = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "# Settings of a SOCP relay. Each is also a flag (--max-clients) and a variable");
        out.println(
                "# (SOCP_MAX_CLIENTS): flags win over the environment, and that over this file.");
        out.println("# A setting that is left out has its default, which is what stands here.");
        SettingSources.settings().forEach((name, option) -> write(out, name, option));
        out.flush();
        return 0;
    }

    private static void write(PrintWriter out, String name, OptionSpec option) {
        out.println();
        wrap(out, String.join(" ", option.description()));
        wrap(
                out,
                option.paramLabel()
                        + "; "
                        + (Reload.isReloadable(name)
                                ? "taken up at a reload"
                                : "taken up at the next start"));
        out.println("#" + name + ": " + yaml(option.defaultValue()));
    }

    /** A value as a YAML scalar. */
    static String yaml(String value) {
        boolean isPlain = value.matches("[A-Za-z0-9][A-Za-z0-9 _./-]*");
        return isPlain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static void wrap(PrintWriter out, String text) {
        StringBuilder line = new StringBuilder("#");
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        out.println(line);
    }
}
