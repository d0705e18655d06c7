package io.socp.relay.daemon.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The broadcasts of one loop that its links have not been flushed of yet. Event-loop confined to
 * that loop.
 *
 * <p>Their frames stand one behind the other in runs of direct memory. A link that gets them all
 * gets them as one slice with one call to the kernel, which is nearly all that a copy costs. The
 * round holds a reference to each run until it is flushed, each slice one until it is sent.
 *
 * <p>A flush of many links takes milliseconds, so a large round first waits for a small part of
 * that: what is being verified just now still comes with it.
 */
@EventLoopConfined
final class BroadcastRound {

    /** Longest run, but for a single frame that is longer. */
    static final int RUN_BYTES_MAX = 64 * 1024;

    /** Rounds of fewer links are flushed as soon as the loop has done what it was given before. */
    static final int LARGE_LINKS = 64;

    /**
     * How long a large round waits for each of its links; writing to one takes several times that.
     */
    private static final long WAIT_NS_PER_LINK = 1_000;

    private static final long WAIT_NS_MAX = 1_000_000;

    private final EventLoop loop;
    private final Runnable flush = this::flush;
    private final List<ByteBuf> runs = new ArrayList<>();
    private final List<LinkWriter> unflushed = new ArrayList<>();
    private int bytes;
    private boolean isHeld;
    private boolean isFlushOverdue;

    BroadcastRound(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * The frame around this envelope.
     *
     * @param links how many may get it
     */
    SharedFrame add(byte[] envelope, int links) {
        int needed = SharedFrame.bytesMax(envelope);
        if (runs.isEmpty()) {
            schedule(links);
            begin(needed);
        } else if (runs.getLast().writableBytes() < needed) {
            // Longer each time, and never much longer than what there is: a slow link keeps it all.
            begin(Math.max(needed, Math.min(2 * bytes, RUN_BYTES_MAX)));
        }
        SharedFrame frame = SharedFrame.in(runs.getLast(), envelope);
        bytes += needed;
        return frame;
    }

    /** Frames are being shared: whatever a write sets off, they stay until the release. */
    void hold() {
        isHeld = true;
    }

    void release() {
        isHeld = false;
        if (isFlushOverdue) {
            isFlushOverdue = false;
            loop.execute(flush);
        }
    }

    /** The writer has something of this round. */
    void join(LinkWriter writer) {
        unflushed.add(writer);
    }

    private void schedule(int links) {
        if (links < LARGE_LINKS) {
            loop.execute(flush);
        } else {
            var _ =
                    loop.schedule(
                            flush,
                            Math.min(WAIT_NS_MAX, links * WAIT_NS_PER_LINK),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** A run never grows: some of it may be on its way to a socket. */
    private void begin(int capacity) {
        runs.add(ByteBufAllocator.DEFAULT.directBuffer(capacity, capacity));
    }

    private void flush() {
        if (isHeld) {
            isFlushOverdue = true;
            return;
        }
        try {
            for (int i = 0; i < unflushed.size(); i++) {
                unflushed.get(i).flushRound();
            }
        } finally {
            unflushed.clear();
            runs.forEach(ByteBuf::release);
            runs.clear();
            bytes = 0;
        }
    }
}
