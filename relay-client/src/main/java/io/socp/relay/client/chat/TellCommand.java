package io.socp.relay.client.chat;

import java.util.concurrent.CompletableFuture;

/** {@code /tell}: an end-to-end encrypted message to one user. */
final class TellCommand implements ChatCommand {

    @Override
    public String name() {
        return "tell";
    }

    @Override
    public String synopsis() {
        return "<user> <text>";
    }

    @Override
    public String summary() {
        return "write to one user: an id, the beginning of one, or a name";
    }

    @Override
    public boolean takesUser() {
        return true;
    }

    @Override
    public CompletableFuture<?> run(String arguments, Chat chat) {
        Words words = Words.split(arguments);
        if (words.rest().isEmpty()) {
            return CompletableFuture.failedFuture(Chat.misused(this));
        }
        return chat.find(words.first())
                .thenCompose(user -> chat.client().sendDirect(user, words.rest()))
                .thenAccept(sent -> chat.view().sent(sent));
    }
}
