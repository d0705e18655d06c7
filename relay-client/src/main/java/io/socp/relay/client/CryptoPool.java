package io.socp.relay.client;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which the clients of this process do RSA: as many as there are cores, daemons,
 * gone after a minute without work. Each client's {@link SerialQueue} holds at most one of them.
 */
final class CryptoPool {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Executor SHARED = create(Runtime.getRuntime().availableProcessors());

    private CryptoPool() {}

    static Executor shared() {
        return SHARED;
    }

    private static Executor create(int threads) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        1,
                        TimeUnit.MINUTES,
                        new LinkedBlockingQueue<>(), // holds at most one entry per client
                        CryptoPool::thread);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread thread(Runnable work) {
        return Thread.ofPlatform()
                .name("socp-client-" + NUMBER.incrementAndGet())
                .daemon()
                .unstarted(work);
    }
}
