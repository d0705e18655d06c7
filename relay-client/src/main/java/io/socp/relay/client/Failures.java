package io.socp.relay.client;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of failures of asynchronous steps. */
final class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** The failure as callers see it: with a code. Anything unexpected keeps its own type. */
    static Throwable named(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof IOException broken
                ? new SocpException(ClientErrorCode.CLOSED, "the connection is gone: " + broken)
                : cause;
    }

    /** Hands the outcome of a step to who waits for it. */
    static <T> void relay(CompletableFuture<T> step, CompletableFuture<T> waiting) {
        var _ =
                step.whenComplete((value, failure) -> {
                    if (failure == null) {
                        waiting.complete(value);
                    } else {
                        waiting.completeExceptionally(named(failure));
                    }
                });
    }

    /** Ends a chain whose failure shows in another way, as a timeout or as the session's end. */
    static void finish(CompletableFuture<?> chain) {
        var _ =
                chain.exceptionally(failure -> {
                    log.debug("a step was not done", failure);
                    return null;
                });
    }
}
