package io.socp.relay.daemon.link;

import io.netty.buffer.ByteBuf;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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

    private final List<Lane> inOrder = new ArrayList<>();
    private final Lane control = lane();
    private final Lane direct = lane();
    private final Lane replay = lane();
    private final Lane behindReplay = lane();
    private final Lane publicText = lane();
    private final Lane files = lane();
    private int frames;
    private long bytes;

    /** Frames of one kind, oldest first. */
    private static final class Lane {
        private final Queue<ByteBuf> frames = new ArrayDeque<>(0);
        private long bytes;
    }

    private Lane lane() {
        Lane lane = new Lane();
        inOrder.add(lane);
        return lane;
    }

    void add(Priority priority, ByteBuf frame) {
        switch (priority) {
            case CONTROL -> add(control, frame);
            case DIRECT -> add(direct, frame);
            case PUBLIC -> add(publicText, frame);
            case FILE -> add(files, frame);
        }
    }

    /** Presence as it stood, for one who is new; does not count against the link's bound. */
    void addReplay(ByteBuf frame) {
        add(replay, frame);
    }

    void addBehindReplay(ByteBuf frame) {
        add(behindReplay, frame);
    }

    /** Whether news of presence would overtake older news. */
    boolean isReplaying() {
        return !replay.frames.isEmpty() || !behindReplay.frames.isEmpty();
    }

    boolean isEmpty() {
        return frames == 0;
    }

    /** Bytes that count against the link's bound: all but the replay, which we chose to send. */
    long boundedBytes() {
        return bytes - replay.bytes;
    }

    /** Bytes of files among them. */
    long fileBytes() {
        return files.bytes;
    }

    /** A frame that goes before any replay; its reference is the caller's. Null when none waits. */
    @Nullable ByteBuf pollUrgent() {
        return control.frames.isEmpty() && direct.frames.isEmpty() ? null : poll();
    }

    /** The most urgent frame, whose reference is the caller's now; null when none waits. */
    @Nullable ByteBuf poll() {
        for (Lane lane : inOrder) {
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
            ByteBuf oldest = poll(publicText);
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

    private void add(Lane lane, ByteBuf frame) {
        lane.frames.add(frame);
        frames++;
        bytes += cost(frame);
        lane.bytes += cost(frame);
    }

    private static long cost(ByteBuf frame) {
        return (long) frame.readableBytes() + FRAME_OVERHEAD_BYTES;
    }
}
