package io.socp.relay.client;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * Waits for the server to have come past a point in what it was sent. Confined to the client's
 * queue.
 *
 * <p>The point is a question about the user's own key, which is never asked otherwise; the relay
 * answers frames in their order.
 */
final class Barrier {

    private final Queue<CompletableFuture<Void>> waiting = new ArrayDeque<>();

    CompletableFuture<Void> await() {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        waiting.add(passed);
        return passed;
    }

    void onAnswer() {
        CompletableFuture<Void> passed = waiting.poll();
        if (passed != null) {
            passed.complete(null);
        }
    }

    void onEnd(SocpException cause) {
        waiting.forEach(passed -> passed.completeExceptionally(cause));
        waiting.clear();
    }
}
