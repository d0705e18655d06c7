package io.socp.relay.daemon.cli;

import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/**
 * A terminal taken over for a view that changes: its other screen, no cursor, keys read one by one.
 * Thread-safe: one thread shows, and whoever closes it gives the terminal back as it was.
 */
@ThreadSafe
final class TopScreen implements AutoCloseable {

    /** Between looks at the keys, and at what is to be shown. */
    private static final Duration TICK = Duration.ofMillis(200);

    /** Of a terminal that does not say. */
    private static final Size SIZE = Size.of(80, 24);

    private static final int CONTROL_C = 3;

    private final Terminal terminal;
    private final Attributes attributes;
    private final Display display;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final Thread atExit = new Thread(this::restore, "terminal-restore");

    /** Where the terminal writes, which may be closed by its own hook before ours. */
    private final PrintStream out;

    /** What gives the terminal back. */
    private final String leave;

    /** Takes over a terminal that shows what {@code out} gets. */
    TopScreen(Terminal terminal, PrintStream out) {
        this.terminal = terminal;
        this.out = out;
        this.leave =
                sequence(terminal, Capability.exit_ca_mode)
                        + sequence(terminal, Capability.cursor_normal);
        this.attributes = terminal.enterRawMode();
        this.display = new Display(terminal, true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
        // Whoever is told to stop in the midst of it leaves no terminal without a cursor.
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    static TopScreen open() throws IOException {
        return new TopScreen(TerminalBuilder.builder().system(true).build(), System.out);
    }

    /** Shows the lines for these columns and rows until a key ends it. */
    void show(BiFunction<Integer, Integer, List<String>> lines) throws IOException {
        Size size = Size.of(0, 0);
        while (!isEnd(key())) {
            Size current = terminal.getSize();
            if (current.getColumns() <= 0 || current.getRows() <= 0) {
                current = SIZE;
            }
            if (!current.equals(size)) {
                size = current;
                display.resize(size);
                display.clear();
            }
            display.update(
                    lines.apply(size.getColumns(), size.getRows()).stream()
                            .map(AttributedString::new)
                            .toList(),
                    0);
        }
    }

    private int key() throws IOException {
        return terminal.reader().read(TICK.toMillis());
    }

    private static boolean isEnd(int key) {
        return key == 'q' || key == 'Q' || key == CONTROL_C || key == NonBlockingReader.EOF;
    }

    private static String sequence(Terminal terminal, Capability capability) {
        String sequence = terminal.getStringCapability(capability);
        return sequence == null ? "" : Curses.tputs(sequence);
    }

    /** Shows what was there before, and the cursor; at exit the keys are the terminal's affair. */
    boolean restore() {
        if (!isClosed.compareAndSet(false, true)) {
            return false;
        }
        out.print(leave);
        out.flush();
        return true;
    }

    @Override
    public void close() throws IOException {
        if (restore()) {
            Runtime.getRuntime().removeShutdownHook(atExit);
            terminal.setAttributes(attributes);
            terminal.close();
        }
    }
}
