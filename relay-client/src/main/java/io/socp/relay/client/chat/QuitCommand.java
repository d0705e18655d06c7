package io.socp.relay.client.chat;

import java.util.concurrent.CompletableFuture;

/** {@code /quit}: ends the chat when everything before it is done. */
final class QuitCommand implements ChatCommand {

    @Override
    public String name() {
        return "quit";
    }

    @Override
    public String synopsis() {
        return "";
    }

    @Override
    public String summary() {
        return "leave";
    }

    @Override
    public CompletableFuture<?> run(String arguments, Chat chat) {
        chat.quit();
        return CompletableFuture.completedFuture(null);
    }
}
