package io.socp.relay.client.chat;

import io.socp.relay.client.ClientEvent;
import io.socp.relay.client.ClientListener;
import io.socp.relay.client.SocpClient;
import io.socp.relay.client.SocpException;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One chat from connecting to leaving. Thread-safe; used once.
 *
 * <p>The end of the lines, or {@code /quit}, waits for what is in flight, at most {@link
 * #IN_FLIGHT}, and for files as long as they get on; then the result is 0. A connection that ends
 * by itself gives 1.
 */
@ThreadSafe
public final class ChatRun {

    private static final Logger log = LoggerFactory.getLogger(ChatRun.class);

    /** How long the end waits for commands under way and for the server. */
    private static final Duration IN_FLIGHT = Duration.ofSeconds(10);

    /** How long it waits for the connection to be closed. */
    private static final Duration GOODBYE = Duration.ofSeconds(4);

    private final ChatView view;
    private final UserNames names;
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final AtomicBoolean isEnding = new AtomicBoolean();

    /** Whether the connection's end is of our making. */
    private volatile boolean isLeaving;

    public ChatRun(ChatView view, UserNames names) {
        this.view = view;
        this.names = names;
    }

    /**
     * Connects, and carries out the lines until they or the connection end.
     *
     * @param connect starts connecting with the listener given to it
     * @return the exit code
     * @throws SocpException when no connection comes about
     */
    public int run(
            Function<ClientListener, CompletableFuture<SocpClient>> connect, LineSource lines)
            throws SocpException {
        SocpClient client = joined(connect.apply(this::onEvent));
        Chat chat = new Chat(client, view, names);
        var _ = chat.quitRequested().thenRunAsync(() -> leave(chat));
        Thread.ofPlatform()
                .name("socp-chat-input")
                .daemon()
                .start(() -> {
                    read(lines, chat);
                    leave(chat);
                });
        return exitCode.join();
    }

    private void onEvent(ClientEvent event) {
        names.onEvent(event);
        view.event(event);
        if (event instanceof ClientEvent.Closed) {
            exitCode.complete(isLeaving ? 0 : 1);
        }
    }

    private void read(LineSource lines, Chat chat) {
        try {
            for (String line = lines.next(); line != null; line = lines.next()) {
                chat.submit(line);
            }
        } catch (IOException gone) {
            log.debug("input ended", gone);
        }
    }

    private void leave(Chat chat) {
        if (!isEnding.compareAndSet(false, true)) {
            return;
        }
        var _ =
                inTime(chat.idle())
                        .thenCompose(_ -> chat.backgroundDone())
                        .thenCompose(_ -> inTime(chat.client().settled()))
                        .whenComplete((_, failure) -> close(chat.client(), failure));
    }

    private static <T> CompletableFuture<T> inTime(CompletableFuture<T> step) {
        return step.copy().orTimeout(IN_FLIGHT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void close(SocpClient client, @Nullable Throwable notSettled) {
        if (notSettled != null) {
            log.debug("left before all was settled", notSettled);
        }
        isLeaving = true;
        var _ = exitCode.completeOnTimeout(0, GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
        client.close();
    }

    private static SocpClient joined(CompletableFuture<SocpClient> connecting)
            throws SocpException {
        try {
            return connecting.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof SocpException refused) {
                throw refused;
            }
            throw failed;
        }
    }
}
