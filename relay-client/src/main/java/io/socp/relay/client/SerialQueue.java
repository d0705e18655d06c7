package io.socp.relay.client;

import io.socp.relay.ownership.ThreadSafe;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time and in order on the threads of a shared pool. Thread-safe. What a task
 * wrote the next one sees, so state touched by tasks alone needs no lock.
 */
@ThreadSafe
final class SerialQueue implements Executor {

    private static final Logger log = LoggerFactory.getLogger(SerialQueue.class);

    /** A busy queue gives its thread back after this many tasks, for the others of the pool. */
    private static final int TURN = 64;

    private final Executor pool;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    SerialQueue(Executor pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            pool.execute(this::runTurn);
        }
    }

    /** Tasks not finished yet. */
    int size() {
        return waiting.get();
    }

    private void runTurn() {
        for (int done = 1; ; done++) {
            Runnable task = tasks.poll();
            if (task != null) {
                run(task);
            }
            if (waiting.decrementAndGet() == 0) {
                return;
            }
            if (done == TURN) {
                pool.execute(this::runTurn);
                return;
            }
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException bug) {
            log.error("a task of a client failed", bug);
        }
    }
}
