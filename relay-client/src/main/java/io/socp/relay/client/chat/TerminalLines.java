package io.socp.relay.client.chat;

import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines of a person at a terminal, with editing, history and completion. Thread-safe: one thread
 * reads, any thread prints above the line being typed.
 */
@ThreadSafe
public final class TerminalLines implements LineSource, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TerminalLines.class);

    private static final String PROMPT = "> ";

    /** Of a terminal that does not say. */
    private static final int COLUMNS = 80;

    private final Terminal terminal;
    private final LineReader reader;
    private final HistoryFile history;

    private TerminalLines(Terminal terminal, LineReader reader, HistoryFile history) {
        this.terminal = terminal;
        this.reader = reader;
        this.history = history;
    }

    /**
     * Takes the terminal over.
     *
     * @param stateDirectory where the history is kept, mode 0600; it holds what was typed
     */
    public static TerminalLines open(UserNames names, Path stateDirectory) throws IOException {
        HistoryFile history = HistoryFile.in(stateDirectory);
        Terminal terminal = TerminalBuilder.builder().system(true).build();
        LineReaderBuilder builder =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .appName("socp")
                        .parser(plainParser())
                        .completer(new ChatCompleter(CommandRegistry.STANDARD, names))
                        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true);
        if (history.isUsable()) {
            builder.variable(LineReader.HISTORY_FILE, history.path());
        }
        return new TerminalLines(terminal, builder.build(), history);
    }

    @Override
    public @Nullable String next() {
        while (true) {
            try {
                return reader.readLine(PROMPT);
            } catch (UserInterruptException controlC) {
                log.trace("line abandoned", controlC);
            } catch (EndOfFileException controlD) {
                return null;
            }
        }
    }

    /** Prints a line above the one being typed. */
    public void print(String line) {
        reader.printAbove(line);
    }

    /** Shows these lines below the one being typed, in the place of the ones before. */
    public void status(List<String> lines) {
        Status.getStatus(terminal).update(lines.stream().map(AttributedString::new).toList());
    }

    /** How wide a line of the terminal is. */
    public int columns() {
        return terminal.getColumns() > 0 ? terminal.getColumns() : COLUMNS;
    }

    @Override
    public void close() throws IOException {
        history.restrict();
        terminal.close();
    }

    /** Text is text: no quotes, no escapes, no continued lines. */
    private static DefaultParser plainParser() {
        DefaultParser parser = new DefaultParser();
        parser.setQuoteChars(new char[0]);
        parser.setEscapeChars(new char[0]);
        parser.setEofOnUnclosedQuote(false);
        return parser;
    }
}
