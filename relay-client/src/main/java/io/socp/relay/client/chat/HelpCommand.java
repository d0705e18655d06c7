package io.socp.relay.client.chat;

import java.util.concurrent.CompletableFuture;

/** {@code /help}: the commands. */
final class HelpCommand implements ChatCommand {

    @Override
    public String name() {
        return "help";
    }

    @Override
    public String synopsis() {
        return "";
    }

    @Override
    public String summary() {
        return "this list";
    }

    @Override
    public CompletableFuture<?> run(String arguments, Chat chat) {
        chat.view().hint(chat.commands().help());
        return CompletableFuture.completedFuture(null);
    }
}
