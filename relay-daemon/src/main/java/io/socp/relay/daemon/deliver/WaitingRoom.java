package io.socp.relay.daemon.deliver;

import io.socp.relay.ownership.ThreadSafe;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts frames of all links: those for users who are away, those under way. Thread-safe. */
@ThreadSafe
public final class WaitingRoom {

    /** Frames of all links together. */
    static final int FRAMES_MAX = 50_000;

    /** Bytes of these; a frame for each loop more, where several come at once. */
    static final long BYTES_MAX = 64L << 20;

    private final AtomicInteger frames = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder underWay = new LongAdder();

    /** Frames that wait now. */
    public int frames() {
        return frames.get();
    }

    /**
     * Frames of all links that were taken and are not carried out yet; not those for the absent.
     */
    public long underWay() {
        return underWay.sum();
    }

    /** One is taken. */
    void onTaken() {
        underWay.increment();
    }

    /** One is carried out. */
    void onDone() {
        underWay.decrement();
    }

    /** Whether there is room, which is taken then. */
    boolean enter(int length) {
        boolean hasRoom =
                frames.incrementAndGet() <= FRAMES_MAX && bytes.get() + length <= BYTES_MAX;
        if (hasRoom) {
            bytes.addAndGet(length);
        } else {
            frames.decrementAndGet();
        }
        return hasRoom;
    }

    void leave(int length) {
        frames.decrementAndGet();
        bytes.addAndGet(-length);
    }
}
