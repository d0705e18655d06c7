package io.socp.relay.daemon.offload;

import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Ticker;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed number of platform threads that do the RSA work of all lanes. Thread-safe.
 *
 * <p>What waits here are lanes, not jobs: a worker takes the next lane, one job of it or a few that
 * are quickly done, and puts the lane back at the end if it has more. So a link that sends a flood
 * waits for its own flood, and everyone else's next frame is at most one round away; lanes with
 * talk in them go before those with pieces of files alone ({@link WaitingLanes}). A lane stands in
 * the queue at most once, which bounds the queue by the number of links; each lane's own bound is
 * kept by who fills it, by pausing to read.
 */
@ThreadSafe
public final class CryptoPool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CryptoPool.class);

    /**
     * How long the first of what is handed over together may have taken, its own work included: a
     * signature takes longer and never waits.
     */
    private static final long TOGETHER_NS = TimeUnit.MICROSECONDS.toNanos(800);

    /**
     * A lane's turn: what is quickly done comes a few at a time, so that it is written together.
     */
    private static final long TURN_NS = TimeUnit.MICROSECONDS.toNanos(600);

    static final int TURN_JOBS_MAX = 8;

    private final Ticker ticker;
    private final WaitingLanes waiting = new WaitingLanes();
    private final List<Thread> workers = new ArrayList<>();

    public CryptoPool(int threads, Ticker ticker) {
        this.ticker = ticker;
        for (int i = 0; i < threads; i++) {
            workers.add(Thread.ofPlatform().name("crypto-" + i).daemon(true).start(new Worker()));
        }
    }

    /** A lane whose results are handed to {@code owner}. */
    public Lane lane(Executor owner) {
        return new Lane(owner, waiting);
    }

    /** Lanes with work that no thread has taken up yet. */
    public int waiting() {
        return waiting.size();
    }

    /** Ends the threads; what is not begun is not done. */
    @Override
    public void close() {
        workers.forEach(Thread::interrupt);
    }

    /**
     * One thread. What it has done is handed over at once, unless it was quickly done and more
     * waits: then a few are handed over together, since each time costs a call to the kernel to
     * wake the owner, and the owner a turn with a write of its own for each message.
     */
    private final class Worker implements Runnable {

        private final Set<Lane> done = new LinkedHashSet<>();
        private long oldestNs;

        @Override
        public void run() {
            while (true) {
                try {
                    work(next());
                } catch (InterruptedException stopped) {
                    return;
                }
            }
        }

        private Lane next() throws InterruptedException {
            Lane lane = done.isEmpty() ? null : waiting.poll();
            if (lane == null) {
                handOver();
                lane = waiting.take();
            }
            return lane;
        }

        private void work(Lane lane) {
            if (lane.jobNs() >= TOGETHER_NS) {
                // What is done does not wait for a signature, nor for what may be one.
                handOver();
            }
            long beganNs = ticker.now().ns();
            int jobs = lane.run(turnOf(lane));
            long endedNs = ticker.now().ns();
            lane.tookNs((endedNs - beganNs) / jobs);
            if (done.isEmpty()) {
                oldestNs = beganNs;
            }
            done.add(lane);
            if (endedNs - oldestNs >= TOGETHER_NS) {
                handOver();
            }
        }

        /** Jobs that fit into a turn, by what the lane's last one took. */
        private static int turnOf(Lane lane) {
            return Math.clamp(TURN_NS / Math.max(1, lane.jobNs()), 1, TURN_JOBS_MAX);
        }

        private void handOver() {
            for (Lane lane : done) {
                try {
                    lane.handOver();
                } catch (RejectedExecutionException stopping) {
                    LOG.debug("the owner of a job has stopped: {}", stopping.toString());
                }
            }
            done.clear();
        }
    }
}
