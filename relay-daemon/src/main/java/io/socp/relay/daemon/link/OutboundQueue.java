package io.socp.relay.daemon.link;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Ticker;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.Priority;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one link while its channel takes no more, most urgent first. Event-loop confined
 * to the link's loop. Holds a reference to each buffer until it is polled or released.
 *
 * <p>The order: control, direct messages, a replay of presence and the news that must not overtake
 * it, public messages, files. A replay goes before public messages since their authors are known by
 * it, and after direct ones since it may be long.
 */
@EventLoopConfined
final class OutboundQueue {

    /** What holding a frame costs beside its bytes, about: a flood of tiny frames counts too. */
    private static final int FRAME_OVERHEAD_BYTES = 100;

    private static final long NEVER = Long.MIN_VALUE;

    private static final Lane EMPTY = new Lane();

    /** In order of urgency; none of a link that never had to wait, as most links. */
    private @Nullable Map<Kind, Lane> lanes;

    private final Ticker ticker;

    private int frames;
    private long bytes;

    /** Written on the loop, read from any thread. */
    private volatile long boundedBytes;

    /** Since when something has been waiting without a break; {@link #NEVER} while nothing does. */
    private volatile long busySinceNs = NEVER;

    /** In order of urgency. */
    private enum Kind {
        CONTROL,
        DIRECT,
        REPLAY,
        BEHIND_REPLAY,
        PUBLIC,
        FILE
    }

    /** Frames of one kind, oldest first. */
    private static final class Lane {
        private final Queue<ByteBuf> frames = new ArrayDeque<>(0);
        private long bytes;
    }

    /** For a look: where nothing of the kind has waited yet, an empty one. */
    private Lane lane(Kind kind) {
        return lanes == null ? EMPTY : lanes.getOrDefault(kind, EMPTY);
    }

    /** By whose time it is told for how long something has been waiting. */
    OutboundQueue(Ticker ticker) {
        this.ticker = ticker;
    }

    /** For how long something has been waiting without a break; from any thread. */
    long busyNs() {
        long sinceNs = busySinceNs;
        return sinceNs == NEVER ? 0 : ticker.nanoTime() - sinceNs;
    }

    void add(Priority priority, ByteBuf frame) {
        switch (priority) {
            case CONTROL -> add(Kind.CONTROL, frame);
            case DIRECT -> add(Kind.DIRECT, frame);
            case PUBLIC -> add(Kind.PUBLIC, frame);
            case FILE -> add(Kind.FILE, frame);
        }
    }

    /** Presence as it stood, for one who is new; does not count against the link's bound. */
    void addReplay(ByteBuf frame) {
        add(Kind.REPLAY, frame);
    }

    void addBehindReplay(ByteBuf frame) {
        add(Kind.BEHIND_REPLAY, frame);
    }

    /** Whether news of presence would overtake older news. */
    boolean isReplaying() {
        return !lane(Kind.REPLAY).frames.isEmpty() || !lane(Kind.BEHIND_REPLAY).frames.isEmpty();
    }

    boolean isEmpty() {
        return frames == 0;
    }

    /** Bytes that count against the link's bound: all but the replay, which we chose to send. */
    long boundedBytes() {
        return boundedBytes;
    }

    /** Bytes of files among them. */
    long fileBytes() {
        return lane(Kind.FILE).bytes;
    }

    /** A frame that goes before any replay; its reference is the caller's. Null when none waits. */
    @Nullable ByteBuf pollUrgent() {
        return lane(Kind.CONTROL).frames.isEmpty() && lane(Kind.DIRECT).frames.isEmpty()
                ? null
                : poll();
    }

    /** The most urgent frame, whose reference is the caller's now; null when none waits. */
    @Nullable ByteBuf poll() {
        if (frames == 0 || lanes == null) {
            return null;
        }
        for (Lane lane : lanes.values()) {
            ByteBuf frame = poll(lane);
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    private @Nullable ByteBuf poll(Lane lane) {
        ByteBuf frame = lane.frames.poll();
        if (frame != null) {
            frames--;
            bytes -= cost(frame);
            lane.bytes -= cost(frame);
            boundedBytes = bytes - lane(Kind.REPLAY).bytes;
            if (frames == 0) {
                busySinceNs = NEVER;
            }
        }
        return frame;
    }

    /**
     * Drops public messages, the oldest first, until so many bytes are saved or none is left.
     *
     * @return how many were dropped
     */
    int dropOldestPublic(long excess) {
        long enough = bytes - excess;
        int dropped = 0;
        while (bytes > enough) {
            ByteBuf oldest = poll(lane(Kind.PUBLIC));
            if (oldest == null) {
                break;
            }
            oldest.release();
            dropped++;
        }
        return dropped;
    }

    /** Lets go of everything. */
    void release() {
        for (ByteBuf frame = poll(); frame != null; frame = poll()) {
            frame.release();
        }
    }

    private void add(Kind kind, ByteBuf frame) {
        if (lanes == null) {
            lanes = new EnumMap<>(Kind.class);
        }
        Lane lane = lanes.computeIfAbsent(kind, _ -> new Lane());
        lane.frames.add(frame);
        if (frames == 0) {
            busySinceNs = ticker.nanoTime();
        }
        frames++;
        bytes += cost(frame);
        lane.bytes += cost(frame);
        boundedBytes = bytes - lane(Kind.REPLAY).bytes;
    }

    private static long cost(ByteBuf frame) {
        return (long) frame.readableBytes() + FRAME_OVERHEAD_BYTES;
    }
}
