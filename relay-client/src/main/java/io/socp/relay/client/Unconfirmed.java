package io.socp.relay.client;

import io.socp.relay.client.session.Priority;
import io.socp.relay.client.session.Session;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages that no server has confirmed yet. Confined to the client's queue; outlives its
 * connections.
 *
 * <p>A server that answers a WebSocket ping has read what was written before it, and an orderly end
 * leaves nothing undone that it has read. What it has not confirmed goes again over the next
 * connection, to whichever server, byte for byte and before all that is new.
 */
final class Unconfirmed {

    /** Messages kept; of more, the oldest are believed to have arrived. */
    static final int MESSAGES_MAX = 10_000;

    /** How long after a message it is asked what has arrived. */
    static final Duration ASK_AFTER = Duration.ofMillis(200);

    /** Beyond that relays take a message for a repetition (docs/protocol.md, freshness). */
    static final Duration FRESH = Duration.ofSeconds(105);

    private final boolean isKept;
    private final Turns turns;
    private final Ticker ticker;
    private final Consumer<ClientEvent> events;
    private final Deque<Message> messages = new ArrayDeque<>();
    private @Nullable Session session;
    private boolean isAskDue;

    /** One of them; its fields are the queue's. */
    private static final class Message {

        private final Envelope envelope;
        private final Priority priority;
        private final CompletableFuture<Void> accepted = new CompletableFuture<>();

        /** Whether the present connection's socket has it. */
        private boolean isWritten;

        Message(Envelope envelope, Priority priority) {
            this.envelope = envelope;
            this.priority = priority;
        }
    }

    /**
     * Nothing yet.
     *
     * @param isKept whether there is a next connection; without one each message is on its own
     */
    Unconfirmed(boolean isKept, Turns turns, Ticker ticker, Consumer<ClientEvent> events) {
        this.isKept = isKept;
        this.turns = turns;
        this.ticker = ticker;
        this.events = events;
    }

    /** Sends on this connection, and again on the next one if that must be. */
    CompletableFuture<Void> send(Session on, Envelope envelope, Priority priority) {
        if (!isKept) {
            return on.send(envelope, priority);
        }
        Message message = new Message(envelope, priority);
        messages.add(message);
        if (messages.size() > MESSAGES_MAX) {
            messages.remove();
        }
        Session present = session;
        if (present != null) {
            // Not the one it was meant for, perhaps: that one is gone then.
            write(message, present);
        }
        return message.accepted;
    }

    /** Messages not confirmed. */
    int size() {
        return messages.size();
    }

    /** A connection is ready: what the last one has left goes first. */
    void onReady(Session ready) {
        session = ready;
        long nowMs = ticker.now().epochMs();
        for (Message message : List.copyOf(messages)) {
            message.isWritten = false;
            if (nowMs - message.envelope.ts() > FRESH.toMillis()) {
                messages.remove(message);
                message.accepted.completeExceptionally(
                        new SocpException(ClientErrorCode.CLOSED, "there was no server in time"));
                events.accept(
                        new ClientEvent.ClientError(
                                ClientErrorCode.UNCONFIRMED,
                                "no server has confirmed a message to " + message.envelope.to()));
            } else {
                write(message, ready);
            }
        }
    }

    /** The server goes: it is asked at once what it has read, and is sent nothing more. */
    void onGoodbye(Session leaving) {
        if (session == leaving) {
            session = null;
            confirmWritten(leaving.holdBack());
        }
    }

    /** The connection is gone. */
    void onLost() {
        session = null;
    }

    /** There will be no other connection. */
    void onEnd(SocpException cause) {
        session = null;
        messages.forEach(message -> message.accepted.completeExceptionally(cause));
        messages.clear();
    }

    private void write(Message message, Session on) {
        var _ =
                on.send(message.envelope, message.priority)
                        .whenCompleteAsync(
                                (_, failure) -> {
                                    if (failure == null) {
                                        message.isWritten = true;
                                        message.accepted.complete(null);
                                    }
                                },
                                turns);
        if (!isAskDue) {
            isAskDue = true;
            turns.after(ASK_AFTER, this::ask);
        }
    }

    private void ask() {
        isAskDue = false;
        Session present = session;
        if (present != null && !messages.isEmpty()) {
            isAskDue = true;
            confirmWritten(present.ping());
        }
    }

    private void confirmWritten(CompletableFuture<Void> answer) {
        Set<Message> written = new HashSet<>();
        for (Message message : messages) {
            if (message.isWritten) {
                written.add(message);
            }
        }
        var _ =
                answer.whenCompleteAsync(
                        (_, failure) -> {
                            if (failure == null) {
                                messages.removeAll(written);
                            }
                            isAskDue = !messages.isEmpty();
                            if (isAskDue) {
                                turns.after(ASK_AFTER, this::ask);
                            }
                        },
                        turns);
    }
}
