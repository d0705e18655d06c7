package io.socp.relay.client.cli;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.ClientIdentity;
import io.socp.relay.client.ClientOptions;
import io.socp.relay.client.SocpClient;
import io.socp.relay.client.SocpException;
import io.socp.relay.client.chat.ChatRun;
import io.socp.relay.client.chat.ChatView;
import io.socp.relay.client.chat.JsonView;
import io.socp.relay.client.chat.LineSource;
import io.socp.relay.client.chat.PipeLines;
import io.socp.relay.client.chat.ProgressBars;
import io.socp.relay.client.chat.TerminalLines;
import io.socp.relay.client.chat.TerminalView;
import io.socp.relay.client.chat.TextView;
import io.socp.relay.client.chat.UserNames;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;

/** A chat on the standard streams of this process, in the form that fits what they are. */
final class StandardChat {

    private StandardChat() {}

    /** Runs until the lines, the user or the connection end; returns the exit code. */
    static int run(ClientOptions options, ClientIdentity self, boolean isJson)
            throws CommandFailure, IOException {
        UserNames names = new UserNames();
        if (isJson) {
            return scripted(options, self, names);
        }
        if (isInteractive()) {
            return atTerminal(options, self, names);
        }
        ChatView view = new TextView(StandardOut::line, names, ZoneId.systemDefault());
        return run(options, self, new ChatRun(view, names), new PipeLines(System.in));
    }

    private static int scripted(ClientOptions options, ClientIdentity self, UserNames names)
            throws CommandFailure {
        ChatView view = new JsonView(StandardOut::line, StandardOut::errorLine);
        ChatRun chat = new ChatRun(view, names);
        try {
            return chat.run(
                    listener -> SocpClient.connect(self, options, listener),
                    new PipeLines(System.in));
        } catch (SocpException refused) {
            view.error(refused.code(), refused.detail());
            view.event(new ClientEvent.Closed(refused.detail()));
            throw new CommandFailure(refused.code() + ": " + refused.detail(), refused);
        }
    }

    private static int atTerminal(ClientOptions options, ClientIdentity self, UserNames names)
            throws CommandFailure, IOException {
        try (TerminalLines terminal = TerminalLines.open(names, stateDirectory(System.getenv()))) {
            ChatView view =
                    new TerminalView(
                            new TextView(terminal::print, names, ZoneId.systemDefault()),
                            new ProgressBars(terminal::status, terminal::columns));
            return run(options, self, new ChatRun(view, names), terminal);
        }
    }

    private static int run(
            ClientOptions options, ClientIdentity self, ChatRun chat, LineSource lines)
            throws CommandFailure {
        try {
            return chat.run(listener -> SocpClient.connect(self, options, listener), lines);
        } catch (SocpException refused) {
            throw new CommandFailure(refused.code() + ": " + refused.detail(), refused);
        }
    }

    @SuppressWarnings(
            "SystemConsoleNull") // it does in 25, whose console is the JDK's old one again
    static boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** By the XDG base directory specification. */
    static Path stateDirectory(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base =
                state.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".local", "state")
                        : Path.of(state);
        return base.resolve("socp");
    }
}
