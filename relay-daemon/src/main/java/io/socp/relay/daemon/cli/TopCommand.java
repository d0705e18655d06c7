package io.socp.relay.daemon.cli;

import io.socp.relay.daemon.config.ConfigurationException;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code socp ctl top}: a relay at work, live. */
@Command(
        name = "top",
        description = {
            "A relay at work: links, mesh, frames a second, RSA, queues, losses, memory.",
            "q or Ctrl-C ends it. Where standard output is no terminal, one look is printed."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class TopCommand implements Callable<Integer> {

    private static final int INTERVAL_MAX = 3_600;

    /** As much as there is, where nobody looks at a screen. */
    private static final int ANY = 1_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CtlCommand ctl;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "between two looks, and what rates are of (default: 2)")
    private int interval;

    @Option(names = "--once", description = "one look, after one interval, and no more")
    private boolean isOnce;

    @Override
    public Integer call() throws IOException, ConfigurationException, InterruptedException {
        if (interval < 1 || interval > INTERVAL_MAX) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--interval must be from 1 to " + INTERVAL_MAX + ", not " + interval);
        }
        ManagementClient relay = ctl.client();
        TopSample first = TopSample.of(relay);
        if (isOnce || !isTerminal()) {
            Thread.sleep(Duration.ofSeconds(interval));
            print(new TopView(relay.url(), first, TopSample.of(relay)).lines(ANY, ANY));
        } else {
            watch(relay, first);
        }
        return 0;
    }

    @SuppressWarnings(
            "SystemConsoleNull") // it does in 25, whose console is the JDK's old one again
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private void print(List<String> lines) {
        PrintWriter out = spec.commandLine().getOut();
        lines.forEach(out::println);
        out.flush();
    }

    /** What is shown: a view, or why there is none. */
    private record Look(@Nullable TopView view, String trouble) {

        List<String> lines(int columns, int rows) {
            return view == null ? List.of(trouble) : view.lines(columns, rows);
        }
    }

    private void watch(ManagementClient relay, TopSample first) throws IOException {
        AtomicReference<Look> look =
                new AtomicReference<>(new Look(new TopView(relay.url(), null, first), ""));
        Thread asking = Thread.ofVirtual().name("top").start(() -> askOnAndOn(relay, first, look));
        try (TopScreen screen = TopScreen.open()) {
            screen.show((columns, rows) -> look.get().lines(columns, rows));
        } finally {
            asking.interrupt();
        }
    }

    /** A relay that does not answer may be on its way back. */
    private void askOnAndOn(ManagementClient relay, TopSample first, AtomicReference<Look> look) {
        TopSample before = first;
        while (true) {
            try {
                Thread.sleep(Duration.ofSeconds(interval));
            } catch (InterruptedException over) {
                return;
            }
            try {
                TopSample now = TopSample.of(relay);
                look.set(new Look(new TopView(relay.url(), before, now), ""));
                before = now;
            } catch (IOException silent) {
                look.set(new Look(null, String.valueOf(silent.getMessage())));
            }
        }
    }
}
