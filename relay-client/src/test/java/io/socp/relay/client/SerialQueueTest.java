package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class SerialQueueTest {

    @Test
    void shouldRunTasksInOrderAndOneAtATime() throws Exception {
        List<Integer> seen =
                new ArrayList<>(); // not thread-safe: the queue must order the accesses
        CountDownLatch done = new CountDownLatch(1);
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            SerialQueue queue = new SerialQueue(pool);

            for (int i = 0; i < 10_000; i++) {
                int number = i;
                queue.execute(() -> seen.add(number));
            }
            queue.execute(done::countDown);

            assertThat(done.await(10, SECONDS)).isTrue();
        }
        assertThat(seen).hasSize(10_000).isSorted();
    }

    @Test
    void shouldGoOnAfterATaskThatFails() {
        SerialQueue queue = new SerialQueue(Runnable::run);
        List<String> seen = new ArrayList<>();

        queue.execute(() -> {
            throw new IllegalStateException("expected by the test");
        });
        queue.execute(() -> seen.add("after"));

        assertThat(seen).containsExactly("after");
    }

    @Test
    void shouldGiveItsThreadBackNowAndThen() {
        Queue<Runnable> pool = new ArrayDeque<>();
        SerialQueue queue = new SerialQueue(pool::add);
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            queue.execute(() -> seen.add(number));
        }

        pool.remove().run();

        assertThat(seen).hasSizeLessThan(100);
        assertThat(pool).hasSize(1);
        pool.remove().run();
        assertThat(seen).hasSize(100);
        assertThat(pool).isEmpty();
    }
}
