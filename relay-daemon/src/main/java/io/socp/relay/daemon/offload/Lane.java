package io.socp.relay.daemon.offload;

import io.socp.relay.ownership.ThreadSafe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs of one owner, done side by side on the pool and finished in the order they were given.
 *
 * <p>Invariants, which make it thread-safe:
 *
 * <ol>
 *   <li>{@link #submit}, {@link #inFlight} and every completion run on the owner alone; {@code
 *       inOrder} is touched there only.
 *   <li>{@code pending} counts jobs not taken by a worker; the step from 0 to 1 puts the lane into
 *       the pool's queue, and a worker that leaves it above 0 puts it back. So the lane stands
 *       there at most once, and exactly when it has work.
 *   <li>{@code talk} counts those of them that are no pieces of files: up before the pool is told
 *       of a job, down before the lane is put back. Whoever makes it 1 has the pool look again, so
 *       a lane with talk never stands among those without.
 *   <li>A job is marked done before a drain is scheduled, and {@code drainScheduled} is cleared
 *       before the drain looks: whoever finishes later schedules another. A worker hands over every
 *       lane it has run, at the latest before it waits.
 * </ol>
 */
@ThreadSafe
public final class Lane {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Executor owner;
    private final Workers workers;
    private final Queue<Job<?>> toDo = new ConcurrentLinkedQueue<>();
    private final Queue<Job<?>> inOrder = new ArrayDeque<>(1);
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger talk = new AtomicInteger();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private volatile long jobNs = Long.MAX_VALUE;

    /** Where lanes wait for a worker. */
    @FunctionalInterface
    interface Workers {
        /** The lane has work and does not stand there. */
        void add(Lane lane);

        /** The lane, which may stand there, has got something more urgent than it had. */
        default void urge(Lane lane) {}
    }

    Lane(Executor owner, Workers workers) {
        this.owner = owner;
        this.workers = workers;
    }

    /** One job: its work, its result once there is one, and what to do with it. */
    private static final class Job<T> {
        private final Urgency urgency;
        private final Supplier<T> work;
        private final Consumer<T> completion;
        private final Runnable failure;
        private volatile boolean done;
        private @Nullable T result;

        Job(Urgency urgency, Supplier<T> work, Consumer<T> completion, Runnable failure) {
            this.urgency = urgency;
            this.work = work;
            this.completion = completion;
            this.failure = failure;
        }

        void run() {
            try {
                result = work.get();
            } finally {
                done = true;
            }
        }

        void complete() {
            T made = result;
            if (made == null) {
                failure.run();
            } else {
                completion.accept(made);
            }
        }
    }

    /**
     * Does {@code work} on the pool, then hands its result to {@code completion} on the owner,
     * after everything submitted before. A job that throws runs {@code failure} in its place.
     */
    public <T> void submit(Supplier<T> work, Consumer<T> completion, Runnable failure) {
        submit(Urgency.TALK, work, completion, failure);
    }

    /** The same; what others may be preferred to is {@link Urgency#FILE}. */
    public <T> void submit(
            Urgency urgency, Supplier<T> work, Consumer<T> completion, Runnable failure) {
        Job<T> job = new Job<>(urgency, work, completion, failure);
        inOrder.add(job);
        toDo.add(job);
        boolean isFirstTalk = urgency == Urgency.TALK && talk.getAndIncrement() == 0;
        if (pending.getAndIncrement() == 0) {
            workers.add(this);
        } else if (isFirstTalk) {
            workers.urge(this);
        }
    }

    /** Whether something waits here that is no piece of a file; from any thread. */
    boolean hasTalk() {
        return talk.get() > 0;
    }

    /** Jobs submitted and not completed; owner only. */
    public int inFlight() {
        return inOrder.size();
    }

    /** What one of its jobs took last; much before the first. Any worker. */
    long jobNs() {
        return jobNs;
    }

    /** Its jobs have taken so long. */
    void tookNs(long each) {
        jobNs = each;
    }

    /**
     * Runs the next jobs, at most so many, and says how many; on a worker. Others may run what
     * comes behind them meanwhile. One that throws is done without a result: its failure follows.
     */
    int run(int max) {
        List<Job<?>> turn = take(Math.min(max, pending.get()));
        for (Job<?> job : turn) {
            try {
                job.run();
            } catch (RuntimeException | Error bug) {
                // The worker goes on, or the pool would shrink with every bug.
                LOG.error("a job on {} failed", Thread.currentThread().getName(), bug);
            }
        }
        return turn.size();
    }

    private List<Job<?>> take(int count) {
        List<Job<?>> turn = new ArrayList<>(count);
        int talking = 0;
        while (turn.size() < count) {
            Job<?> job = toDo.poll();
            if (job == null) {
                throw new IllegalStateException("a lane counts more work than it has");
            }
            turn.add(job);
            talking += job.urgency == Urgency.TALK ? 1 : 0;
        }
        talk.addAndGet(-talking);
        if (pending.addAndGet(-count) > 0) {
            workers.add(this);
        }
        return turn;
    }

    /** Has the owner complete what is done; on a worker, after {@link #run}. */
    void handOver() {
        if (drainScheduled.compareAndSet(false, true)) {
            owner.execute(this::drain);
        }
    }

    private void drain() {
        drainScheduled.set(false);
        while (true) {
            Job<?> next = inOrder.peek();
            if (next == null || !next.done) {
                return;
            }
            inOrder.remove();
            try {
                next.complete();
            } catch (RuntimeException bug) {
                // One job's bug must not hold up those behind it.
                LOG.error("a completed job failed on its owner", bug);
            }
        }
    }
}
