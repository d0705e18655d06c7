package io.socp.relay.client.chat;

import java.util.concurrent.CompletableFuture;

/**
 * {@code /all}: a message to everyone on the network; readable by every relay, unless all who are
 * here have clients like this one.
 */
final class AllCommand implements ChatCommand {

    @Override
    public String name() {
        return "all";
    }

    @Override
    public String synopsis() {
        return "<text>";
    }

    @Override
    public String summary() {
        return "write to everyone; encrypted while all clients can read it";
    }

    @Override
    public CompletableFuture<?> run(String arguments, Chat chat) {
        return arguments.isEmpty()
                ? CompletableFuture.failedFuture(Chat.misused(this))
                : chat.client().sendPublic(arguments).thenAccept(sent -> chat.view().sent(sent));
    }
}
