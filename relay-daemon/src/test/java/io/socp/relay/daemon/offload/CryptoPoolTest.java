package io.socp.relay.daemon.offload;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CryptoPoolTest {

    private static final long SEED = 20_251_101L;

    private final ExecutorService owner = Executors.newSingleThreadExecutor();
    private final VirtualClock clock = new VirtualClock();
    private CryptoPool pool;

    @AfterEach
    void close() {
        pool.close();
        owner.shutdownNow();
    }

    @Test
    void shouldKeepTheOrderOfEachLaneWhateverTheWorkers() throws InterruptedException {
        pool = new CryptoPool(4, clock);
        int lanes = 8;
        int jobs = 500;
        CountDownLatch left = new CountDownLatch(lanes * jobs);
        List<List<Integer>> results = new ArrayList<>();
        for (int i = 0; i < lanes; i++) {
            results.add(new ArrayList<>());
        }

        owner.execute(() -> {
            Random work = new Random(SEED);
            List<Lane> all = IntStream.range(0, lanes).mapToObj(_ -> pool.lane(owner)).toList();
            for (int job = 0; job < jobs; job++) {
                for (int lane = 0; lane < lanes; lane++) {
                    int number = job;
                    int rounds = work.nextInt(2_000);
                    List<Integer> result = results.get(lane);
                    all.get(lane)
                            .submit(
                                    () -> spin(rounds, number),
                                    made -> {
                                        result.add(made);
                                        left.countDown();
                                    },
                                    () -> {});
                }
            }
        });

        assertThat(left.await(30, TimeUnit.SECONDS)).as("seed " + SEED).isTrue();
        assertThat(results)
                .allSatisfy(result ->
                        assertThat(result).isEqualTo(IntStream.range(0, jobs).boxed().toList()));
    }

    @Test
    void shouldNotLoseAWakeUpWhenJobsComeOneByOne() throws InterruptedException {
        pool = new CryptoPool(2, clock);
        int jobs = 20_000;
        CountDownLatch left = new CountDownLatch(jobs);

        // Each job is submitted when the one before is over: a lost wake-up would stop the row.
        owner.execute(() -> submitNext(pool.lane(owner), left));

        assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.waiting()).isZero();
    }

    @Test
    void shouldDelayAQuietLaneByNoMoreThanOneJobOfAFloodingOne() {
        pool = new CryptoPool(1, clock);
        CountDownLatch workerHeld = new CountDownLatch(1);
        CountDownLatch workerMayGo = new CountDownLatch(1);
        Queue<String> order = new ConcurrentLinkedQueue<>();
        Lane flooding = pool.lane(Runnable::run);
        Lane quiet = pool.lane(Runnable::run);
        pool.lane(Runnable::run)
                .submit(
                        () -> {
                            workerHeld.countDown();
                            await(workerMayGo);
                            return "";
                        },
                        _ -> {},
                        () -> {});
        await(workerHeld);
        for (int i = 0; i < 100; i++) {
            flooding.submit(() -> order.add("flood"), _ -> {}, () -> {});
        }
        quiet.submit(() -> order.add("quiet"), _ -> {}, () -> {});

        workerMayGo.countDown();
        Awaiting.until(() -> order.size() == 101);

        assertThat(List.copyOf(order).subList(0, 3)).containsExactly("flood", "quiet", "flood");
    }

    @Test
    void shouldGiveALaneAFewJobsInARowOnceTheyAreKnownToBeQuick() {
        assertThat(turnsOfAFlood(Duration.ofNanos(1)))
                .containsExactly("a", "b", "a", "a", "a", "a", "b", "b", "b", "b");
    }

    @Test
    void shouldGiveALaneOneSignatureATurn() {
        assertThat(turnsOfAFlood(Duration.ofMillis(1)))
                .containsExactly("a", "b", "a", "b", "a", "b", "a", "b", "a", "b");
    }

    /** Who has the one worker, where two lanes have five jobs each that take so long. */
    private List<String> turnsOfAFlood(Duration each) {
        pool = new CryptoPool(1, clock);
        CountDownLatch workerHeld = new CountDownLatch(1);
        CountDownLatch workerMayGo = new CountDownLatch(1);
        Queue<String> order = new ConcurrentLinkedQueue<>();
        pool.lane(Runnable::run)
                .submit(
                        () -> {
                            workerHeld.countDown();
                            await(workerMayGo);
                            return "";
                        },
                        _ -> {},
                        () -> {});
        await(workerHeld);
        for (String name : List.of("a", "b")) {
            Lane lane = pool.lane(Runnable::run);
            for (int i = 0; i < 5; i++) {
                lane.submit(
                        () -> {
                            clock.advanceNs(each.toNanos());
                            return order.add(name);
                        },
                        _ -> {},
                        () -> {});
            }
        }

        workerMayGo.countDown();
        Awaiting.until(() -> order.size() == 10);

        return List.copyOf(order);
    }

    @Test
    void shouldGoOnWithTheNextJobAfterOneThatThrows() {
        pool = new CryptoPool(1, clock);
        Queue<String> order = new ConcurrentLinkedQueue<>();

        owner.execute(() -> {
            Lane lane = pool.lane(owner);
            lane.submit(
                    () -> {
                        throw new IllegalStateException("a bug on purpose");
                    },
                    _ -> {},
                    () -> order.add("failure"));
            lane.submit(() -> "next", order::add, () -> {});
        });

        Awaiting.until(() -> order.size() == 2);
        assertThat(order).containsExactly("failure", "next");
    }

    @Test
    void shouldKeepItsWorkersWhenAJobEndsInAnError() {
        pool = new CryptoPool(1, clock);
        Queue<String> order = new ConcurrentLinkedQueue<>();

        owner.execute(() -> {
            Lane lane = pool.lane(owner);
            lane.submit(
                    () -> {
                        throw new StackOverflowError("on purpose");
                    },
                    _ -> {},
                    () -> order.add("failure"));
            lane.submit(() -> "next", order::add, () -> {});
        });

        Awaiting.until(() -> order.size() == 2);
        assertThat(order).containsExactly("failure", "next");
    }

    @Test
    void shouldKeepItsWorkersWhenAnOwnerHasStopped() {
        pool = new CryptoPool(1, clock);
        Queue<String> order = new ConcurrentLinkedQueue<>();
        Lane orphan =
                pool.lane(_ -> {
                    throw new RejectedExecutionException("stopped on purpose");
                });
        orphan.submit(() -> "lost", order::add, () -> {});

        owner.execute(() -> pool.lane(owner).submit(() -> "kept", order::add, () -> {}));

        Awaiting.until(() -> !order.isEmpty());
        assertThat(order).containsExactly("kept");
    }

    @Test
    void shouldHandOverTogetherWhatIsQuicklyDoneWhileMoreWaits() {
        assertThat(handOversOfThreeJobs(Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void shouldHandOverAtOnceWhatTookAsLongAsASignature() {
        assertThat(handOversOfThreeJobs(Duration.ofMillis(1))).isEqualTo(3);
    }

    /** A lane gets three jobs, each of which takes so long, while the one worker is held. */
    private int handOversOfThreeJobs(Duration each) {
        pool = new CryptoPool(1, clock);
        CountDownLatch workerHeld = new CountDownLatch(1);
        CountDownLatch workerMayGo = new CountDownLatch(1);
        AtomicInteger handOvers = new AtomicInteger();
        Queue<String> order = new ConcurrentLinkedQueue<>();
        Lane lane =
                pool.lane(drain -> {
                    handOvers.incrementAndGet();
                    drain.run();
                });
        pool.lane(Runnable::run)
                .submit(
                        () -> {
                            workerHeld.countDown();
                            await(workerMayGo);
                            return "";
                        },
                        _ -> {},
                        () -> {});
        await(workerHeld);
        for (int i = 0; i < 3; i++) {
            lane.submit(
                    () -> {
                        clock.advanceNs(each.toNanos());
                        return "done";
                    },
                    order::add,
                    () -> {});
        }

        workerMayGo.countDown();
        Awaiting.until(() -> order.size() == 3);

        return handOvers.get();
    }

    @Test
    void shouldEndItsThreadsWhenClosed() {
        pool = new CryptoPool(2, clock);
        Queue<Thread> workers = new ConcurrentLinkedQueue<>();
        CountDownLatch both = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            pool.lane(Runnable::run)
                    .submit(
                            () -> {
                                workers.add(Thread.currentThread());
                                both.countDown();
                                await(both);
                                return "";
                            },
                            _ -> {},
                            () -> {});
        }
        Awaiting.until(() -> workers.size() == 2);

        pool.close();

        Awaiting.until(() -> workers.stream().noneMatch(Thread::isAlive));
    }

    private void submitNext(Lane lane, CountDownLatch left) {
        lane.submit(
                () -> 1,
                _ -> {
                    left.countDown();
                    if (left.getCount() > 0) {
                        submitNext(lane, left);
                    }
                },
                () -> {});
    }

    private static int spin(int rounds, int result) {
        for (int i = 0; i < rounds; i++) {
            Thread.onSpinWait();
        }
        return result;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited too long");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
