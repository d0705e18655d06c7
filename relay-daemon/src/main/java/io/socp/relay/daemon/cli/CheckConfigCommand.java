package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.RelayDaemon;
import io.socp.relay.daemon.config.ConfigurationException;
import io.socp.relay.daemon.config.RelayOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code socp check-config}: whether a relay would start with these settings. */
@Command(
        name = "check-config",
        description = {
            "Says what is wrong with the settings of a relay, and with the files they name.",
            "Takes the flags of socp relay; starts nothing, writes nothing."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        showDefaultValues = true)
final class CheckConfigCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin private RelayFlags flags = new RelayFlags();

    @Override
    public Integer call() throws ConfigurationException {
        RelayOptions options = flags.options();
        RelayDaemon.check(options);
        spec.commandLine()
                .getOut()
                .println(
                        "ok: "
                                + options.introducers().size()
                                + " introducers, TLS "
                                + options.tls().mode());
        return 0;
    }
}
