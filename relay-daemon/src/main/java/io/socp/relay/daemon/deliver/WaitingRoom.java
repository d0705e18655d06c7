package io.socp.relay.daemon.deliver;

import io.socp.relay.ownership.ThreadSafe;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many frames of all links wait for users who are away. Thread-safe. */
@ThreadSafe
public final class WaitingRoom {

    /** Frames of all links together. */
    static final int FRAMES_MAX = 50_000;

    /** Bytes of these; a frame for each loop more, where several come at once. */
    static final long BYTES_MAX = 64L << 20;

    private final AtomicInteger frames = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** Frames that wait now. */
    public int frames() {
        return frames.get();
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
