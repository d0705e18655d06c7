package io.socp.relay.client.chat;

import io.socp.relay.ownership.ThreadSafe;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes commands, and users where a command takes one. Thread-safe. */
@ThreadSafe
final class ChatCompleter implements Completer {

    private final CommandRegistry commands;
    private final UserNames names;

    ChatCompleter(CommandRegistry commands, UserNames names) {
        this.commands = commands;
        this.names = names;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() == 0) {
            commands.all().forEach(command -> candidates.add(commandCandidate(command)));
        } else if (line.wordIndex() == 1 && takesUser(line.words().getFirst())) {
            names.words().forEach(word -> candidates.add(new Candidate(word)));
        }
    }

    private boolean takesUser(String firstWord) {
        return firstWord.startsWith("/")
                && commands.named(firstWord.substring(1)).map(ChatCommand::takesUser).orElse(false);
    }

    private static Candidate commandCandidate(ChatCommand command) {
        String word = "/" + command.name();
        return new Candidate(word, word, null, command.summary(), null, null, true);
    }
}
