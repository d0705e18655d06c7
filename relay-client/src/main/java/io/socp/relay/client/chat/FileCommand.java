package io.socp.relay.client.chat;

import io.socp.relay.client.Sent;
import io.socp.relay.client.SocpException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /file}: a file to one user, or to everyone. What follows does not wait for it: the next
 * command starts when the user is found.
 */
final class FileCommand implements ChatCommand {

    /** In the place of a user. */
    static final String EVERYONE = "public";

    private static final String HOME = "~/";

    @Override
    public String name() {
        return "file";
    }

    @Override
    public String synopsis() {
        return "<user|public> <path>";
    }

    @Override
    public String summary() {
        return "send a file to one user, or to everyone";
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
        Path path;
        try {
            path = path(words.rest());
        } catch (InvalidPathException unusable) {
            return CompletableFuture.failedFuture(
                    new SocpException("FILE_FAILED", "no path: " + words.rest()));
        }
        if (words.first().equals(EVERYONE)) {
            send(chat.client().sendPublicFile(path), chat);
            return CompletableFuture.completedFuture(null);
        }
        return chat.find(words.first())
                .thenAccept(user -> send(chat.client().sendFile(user, path), chat));
    }

    private static void send(CompletableFuture<Sent> sending, Chat chat) {
        chat.inBackground(sending.thenAccept(sent -> chat.view().sent(sent)));
    }

    private static Path path(String typed) {
        return typed.startsWith(HOME)
                ? Path.of(System.getProperty("user.home"), typed.substring(HOME.length()))
                : Path.of(typed);
    }
}
