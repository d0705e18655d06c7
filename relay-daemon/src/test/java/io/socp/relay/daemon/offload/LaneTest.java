package io.socp.relay.daemon.offload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** One lane, with workers and owner cranked by hand. */
class LaneTest {

    private final Queue<Lane> waiting = new ArrayDeque<>();
    private final Queue<Runnable> owner = new ArrayDeque<>();
    private final List<String> completed = new ArrayList<>();
    private final Lane lane = new Lane(owner::add, waiting::add);

    @Test
    void shouldCompleteOnTheOwnerAndNotOnTheWorker() {
        submit("a");

        run(waiting.remove());
        List<String> afterTheWork = List.copyOf(completed);
        runOwner();

        assertThat(afterTheWork).isEmpty();
        assertThat(completed).containsExactly("a");
    }

    @Test
    void shouldHoldBackAResultUntilThoseBeforeItAreThere() throws InterruptedException {
        CountDownLatch firstMayEnd = new CountDownLatch(1);
        lane.submit(() -> await(firstMayEnd, "slow"), completed::add, () -> {});
        submit("quick");
        Lane slow = waiting.remove();
        Thread slowWorker = Thread.ofPlatform().start(() -> run(slow));
        Awaiting.until(() -> !waiting.isEmpty());

        run(waiting.remove());
        runOwner();
        List<String> whileTheFirstIsUnderWay = List.copyOf(completed);
        firstMayEnd.countDown();
        slowWorker.join();
        runOwner();

        assertThat(whileTheFirstIsUnderWay).isEmpty();
        assertThat(completed).containsExactly("slow", "quick");
    }

    @Test
    void shouldStandInTheQueueOnceHoweverManyJobsItHas() {
        submit("a");
        submit("b");
        submit("c");

        int queued = waiting.size();

        assertThat(queued).isEqualTo(1);
    }

    @Test
    void shouldGoBackToTheEndOfTheQueueWhileItHasMore() {
        Lane other = new Lane(owner::add, waiting::add);
        submit("a");
        submit("b");
        other.submit(() -> "other", completed::add, () -> {});

        run(waiting.remove());

        assertThat(waiting).containsExactly(other, lane);
    }

    @Test
    void shouldLeaveTheQueueWhenItHasNoMore() {
        submit("a");

        run(waiting.remove());

        assertThat(waiting).isEmpty();
    }

    @Test
    void shouldCountJobsInFlightUntilTheyAreCompleted() {
        submit("a");
        submit("b");

        int submitted = lane.inFlight();
        crank();
        int done = lane.inFlight();

        assertThat(submitted).isEqualTo(2);
        assertThat(done).isZero();
    }

    @Test
    void shouldRunTheFailureInThePlaceOfAJobThatThrows() {
        submit("a");
        lane.<String>submit(
                () -> {
                    throw new IllegalStateException("a bug on purpose");
                },
                completed::add,
                () -> completed.add("failure"));
        submit("c");

        crank();

        assertThat(completed).containsExactly("a", "failure", "c");
    }

    @Test
    void shouldCompleteTheRestWhenACompletionThrows() {
        lane.submit(
                () -> "a",
                _ -> {
                    throw new IllegalStateException("a bug on purpose");
                },
                () -> {});
        submit("b");

        crank();

        assertThat(completed).containsExactly("b");
        assertThat(lane.inFlight()).isZero();
    }

    @Test
    void shouldTakeAJobFromWithinACompletion() {
        lane.submit(() -> "a", _ -> submit("b"), () -> {});

        crank();

        assertThat(completed).containsExactly("b");
    }

    private void submit(String name) {
        lane.submit(() -> name, completed::add, () -> completed.add("failure of " + name));
    }

    /** Does all there is, workers first. */
    private void crank() {
        while (!waiting.isEmpty() || !owner.isEmpty()) {
            while (!waiting.isEmpty()) {
                runWorker();
            }
            runOwner();
        }
    }

    private void runWorker() {
        try {
            run(waiting.remove());
        } catch (IllegalStateException bugOfTheJob) {
            // As a worker of the pool would.
        }
    }

    private void runOwner() {
        for (Runnable task = owner.poll(); task != null; task = owner.poll()) {
            task.run();
        }
    }

    private static String await(CountDownLatch latch, String result) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return result;
    }

    private static void run(Lane lane) {
        lane.run(1);
        lane.handOver();
    }
}
