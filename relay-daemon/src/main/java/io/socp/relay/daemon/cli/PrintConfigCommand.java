package io.socp.relay.daemon.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
        EffectiveSettings.of(spec.commandLine())
                .byName()
                .forEach((name, effective) ->
                        out.println(
                                name
                                        + ": "
                                        + DefaultConfigCommand.yaml(effective.setting().shown())
                                        + "  # "
                                        + effective.origin()));
        out.flush();
        return 0;
    }
}
