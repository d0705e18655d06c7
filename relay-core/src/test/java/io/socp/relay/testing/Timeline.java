package io.socp.relay.testing;

import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * What is still to happen, in order of time and then of arrival, on one virtual clock and one
 * thread.
 */
public final class Timeline {

    private static final int REMEMBERED_STEPS_MAX = 50;

    private final VirtualClock clock = new VirtualClock();
    private final PriorityQueue<Step> steps =
            new PriorityQueue<>(
                    Comparator.comparingLong(Step::dueNs).thenComparingLong(Step::sequence));
    private final Deque<String> done = new ArrayDeque<>();
    private long nextSequence;

    private record Step(long dueNs, long sequence, String what, Runnable action) {}

    public Moment now() {
        return clock.now();
    }

    VirtualClock clock() {
        return clock;
    }

    void after(long delayNs, String what, Runnable action) {
        at(now().ns() + delayNs, what, action);
    }

    void at(long dueNs, String what, Runnable action) {
        steps.add(new Step(Math.max(dueNs, now().ns()), nextSequence++, what, action));
    }

    /** Does all that is due within {@code span}; the clock stands at its end afterwards. */
    void run(Duration span) {
        long endNs = now().ns() + span.toNanos();
        while (!steps.isEmpty() && steps.peek().dueNs() <= endNs) {
            Step step = steps.poll();
            set(step.dueNs());
            remember(step);
            step.action().run();
        }
        set(endNs);
    }

    /** The last steps done, oldest first: for a failing test. */
    String lastSteps() {
        return String.join("\n", done);
    }

    private void remember(Step step) {
        if (step.what().isEmpty()) {
            return;
        }
        done.addLast(TimeUnit.NANOSECONDS.toMicros(step.dueNs()) + " us: " + step.what());
        if (done.size() > REMEMBERED_STEPS_MAX) {
            done.removeFirst();
        }
    }

    private void set(long ns) {
        long epochMs = VirtualClock.START_EPOCH_MS + TimeUnit.NANOSECONDS.toMillis(ns);
        clock.set(new Moment(ns, epochMs));
    }
}
