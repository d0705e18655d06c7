package io.socp.relay.client;

import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs tasks on a client's queue, in turn or later. Thread-safe as the queue is. */
@ThreadSafe
record Turns(Executor queue) implements Executor {

    @Override
    public void execute(Runnable task) {
        queue.execute(task);
    }

    void after(Duration delay, Runnable task) {
        CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, queue)
                .execute(task);
    }
}
