package io.socp.relay.client.chat;

import io.socp.relay.client.SocpClient;
import io.socp.relay.client.SocpException;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the lines of one chat, each after the one before it. Thread-safe. Incoming messages
 * are shown meanwhile.
 */
@ThreadSafe
final class Chat {

    private static final Logger log = LoggerFactory.getLogger(Chat.class);

    /** Lines that may wait; whoever reads them is held up then. */
    private static final int LINES_MAX = 256;

    /** How long a user not seen yet may take to appear. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SocpClient client;
    private final ChatView view;
    private final UserNames names;
    private final UserSearch search;
    private final CommandRegistry commands = CommandRegistry.STANDARD;
    private final Semaphore places = new Semaphore(LINES_MAX);
    private final CompletableFuture<Void> quit = new CompletableFuture<>();
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    private CompletableFuture<?> background = CompletableFuture.completedFuture(null);

    Chat(SocpClient client, ChatView view, UserNames names) {
        this.client = client;
        this.view = view;
        this.names = names;
        this.search = new UserSearch(client, names, PATIENCE);
    }

    /** Takes a line; blocks while too many wait. */
    void submit(String line) {
        places.acquireUninterruptibly();
        synchronized (this) {
            last = last.thenCompose(_ -> run(line)).whenComplete((_, _) -> places.release());
        }
    }

    /** Completes when all lines taken so far are done. */
    synchronized CompletableFuture<?> idle() {
        return last;
    }

    /** Completes when what lines have started without waiting for it is done. */
    synchronized CompletableFuture<?> backgroundDone() {
        return background;
    }

    /** Lets the next line go on meanwhile; a failure is shown. */
    synchronized void inBackground(CompletableFuture<?> work) {
        CompletableFuture<?> shown = shown(work);
        background = background.thenCombine(shown, (_, _) -> null);
    }

    /** Completes when a person asks for the end. */
    CompletableFuture<Void> quitRequested() {
        return quit;
    }

    SocpClient client() {
        return client;
    }

    ChatView view() {
        return view;
    }

    UserNames names() {
        return names;
    }

    CommandRegistry commands() {
        return commands;
    }

    CompletableFuture<UserId> find(String word) {
        return search.find(word);
    }

    void quit() {
        quit.complete(null);
    }

    static SocpException misused(ChatCommand command) {
        return new SocpException("USAGE", CommandRegistry.usage(command));
    }

    /** Never fails: what went wrong is shown. */
    private CompletableFuture<?> run(String line) {
        if (quit.isDone()) {
            return CompletableFuture.completedFuture(null);
        }
        return switch (InputLine.parse(line)) {
            case InputLine.Command(String name, String arguments) -> run(name, arguments);
            case InputLine.Text _ -> {
                view.error(
                        "USAGE", "text needs a command: /tell <user> <text>, /all <text>, /help");
                yield CompletableFuture.completedFuture(null);
            }
            case InputLine.Blank _ -> CompletableFuture.completedFuture(null);
        };
    }

    private CompletableFuture<?> run(String name, String arguments) {
        return shown(
                commands.named(name)
                        .<CompletableFuture<?>>map(command -> command.run(arguments, this))
                        .orElseGet(() ->
                                CompletableFuture.failedFuture(
                                        new SocpException(
                                                "UNKNOWN_COMMAND",
                                                "no command /" + name + "; /help lists them"))));
    }

    private CompletableFuture<?> shown(CompletableFuture<?> work) {
        return work.handle((_, failure) -> {
            if (failure != null) {
                show(failure);
            }
            return null;
        });
    }

    private void show(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof SocpException known) {
            view.error(known.code(), known.detail());
        } else {
            log.error("a command failed", cause);
            view.error("INTERNAL", String.valueOf(cause));
        }
    }
}
