package io.socp.relay.client.chat;

import io.socp.relay.ownership.Immutable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The commands of a chat by name, in the order in which help shows them. Immutable. */
@Immutable
final class CommandRegistry {

    /** A new command is a new class and a line here. */
    static final CommandRegistry STANDARD =
            new CommandRegistry(
                    List.of(
                            new ListCommand(),
                            new TellCommand(),
                            new AllCommand(),
                            new FileCommand(),
                            new HelpCommand(),
                            new QuitCommand()));

    private final Map<String, ChatCommand> commandByName = new LinkedHashMap<>();

    CommandRegistry(List<ChatCommand> commands) {
        commands.forEach(command -> commandByName.put(command.name(), command));
    }

    Optional<ChatCommand> named(String name) {
        return Optional.ofNullable(commandByName.get(name));
    }

    List<ChatCommand> all() {
        return List.copyOf(commandByName.values());
    }

    String help() {
        return all().stream()
                .map(command -> String.format("%-28s %s", usage(command), command.summary()))
                .collect(Collectors.joining("\n"));
    }

    static String usage(ChatCommand command) {
        return ("/" + command.name() + " " + command.synopsis()).strip();
    }
}
