package io.socp.relay.client.conformance;

import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The frames that came to one user or server, on whatever links, in order. Thread-safe: one lock.
 * Bounded: what comes after {@link #FRAMES_MAX} is dropped.
 */
@ThreadSafe
final class Inbox {

    static final int FRAMES_MAX = 100_000;

    private final List<Frame> frames = new ArrayList<>();
    private final Consumer<Frame> ledger;
    private volatile Consumer<Frame> reaction = _ -> {};

    /**
     * An empty inbox.
     *
     * @param ledger is shown every frame as well
     */
    Inbox(Consumer<Frame> ledger) {
        this.ledger = ledger;
    }

    /** What is done at once, on the link's thread, when a frame comes. */
    void onFrame(Consumer<Frame> reacts) {
        reaction = reacts;
    }

    void add(Frame frame) {
        ledger.accept(frame);
        reaction.accept(frame);
        synchronized (this) {
            if (frames.size() < FRAMES_MAX) {
                frames.add(frame);
                notifyAll();
            }
        }
    }

    synchronized int size() {
        return frames.size();
    }

    /** The frames from place {@code mark} on. */
    synchronized List<Frame> since(int mark) {
        return List.copyOf(frames.subList(Math.min(mark, frames.size()), frames.size()));
    }

    /** The first frame from {@code mark} on that is wanted, or null when none comes in time. */
    @Nullable Frame await(int mark, Predicate<Frame> wanted, Duration timeout)
            throws InterruptedException {
        List<Frame> found = await(mark, wanted, 1, timeout);
        return found.isEmpty() ? null : found.getFirst();
    }

    /** The first {@code count} wanted frames, or as many as come in time. */
    synchronized List<Frame> await(int mark, Predicate<Frame> wanted, int count, Duration timeout)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        List<Frame> found = new ArrayList<>();
        int next = mark;
        while (true) {
            while (next < frames.size() && found.size() < count) {
                Frame frame = frames.get(next++);
                if (wanted.test(frame)) {
                    found.add(frame);
                }
            }
            long leftMs = Math.ceilDiv(deadlineNs - System.nanoTime(), 1_000_000);
            if (found.size() >= count || leftMs <= 0) {
                return found;
            }
            wait(leftMs);
        }
    }
}
