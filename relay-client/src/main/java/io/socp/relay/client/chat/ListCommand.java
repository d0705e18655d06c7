package io.socp.relay.client.chat;

import java.util.concurrent.CompletableFuture;

/** {@code /list}: who is online. */
final class ListCommand implements ChatCommand {

    @Override
    public String name() {
        return "list";
    }

    @Override
    public String synopsis() {
        return "";
    }

    @Override
    public String summary() {
        return "who is online";
    }

    @Override
    public CompletableFuture<?> run(String arguments, Chat chat) {
        return chat.client()
                .list()
                .thenAccept(users -> {
                    chat.names().onList(users);
                    chat.view().list(users);
                });
    }
}
