package io.socp.relay.daemon.deliver;

import io.netty.util.concurrent.EventExecutor;
import io.socp.relay.engine.Intake;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one link for users who are away for a moment. Event-loop confined to the link's loop.
 *
 * <p>What finds no room goes its way at once, which tells its author that the user is not there.
 */
@EventLoopConfined
final class AwaitingFrames {

    /** Frames of one link. */
    static final int FRAMES_MAX = 4_096;

    /** Bytes of these. */
    static final int BYTES_MAX = 16 << 20;

    /** How often to look who has come. */
    static final Duration INTERVAL = Duration.ofMillis(50);

    private final WaitingRoom room;
    private final EventExecutor loop;
    private final Predicate<UserId> isAwaited;
    private final Consumer<Held> released;
    private final Map<UserId, Line> lines = new LinkedHashMap<>();
    private int frames;
    private int bytes;

    /** At most one look at a time is to come. */
    private boolean isLookDue;

    /**
     * One that waits.
     *
     * @param isProcessed whether its way was decided before
     */
    record Held(Intake.Waiting frame, LinkIdentity identity, boolean isProcessed) {

        int length() {
            return frame.vetted().envelope().bytes().length;
        }
    }

    /** What waits for one user. What was on its way already came before what was not. */
    private record Line(Queue<Held> heldBack, Queue<Held> held) {

        Line() {
            this(new ArrayDeque<>(0), new ArrayDeque<>(1));
        }

        @Nullable Held poll() {
            Held next = heldBack.poll();
            return next == null ? held.poll() : next;
        }

        boolean isEmpty() {
            return heldBack.isEmpty() && held.isEmpty();
        }
    }

    /**
     * Nothing yet.
     *
     * @param isAwaited whether a user is still away
     * @param released takes what need not wait any more
     */
    AwaitingFrames(
            WaitingRoom room,
            EventExecutor loop,
            Predicate<UserId> isAwaited,
            Consumer<Held> released) {
        this.room = room;
        this.loop = loop;
        this.isAwaited = isAwaited;
        this.released = released;
    }

    /** Whether there is room, and it waits now. */
    boolean hold(Intake.Waiting frame, LinkIdentity identity) {
        return hold(new Held(frame, identity, false));
    }

    /** The same for one that was on its way already: it came before those that were not. */
    boolean holdBack(Intake.Waiting frame, LinkIdentity identity) {
        return hold(new Held(frame, identity, true));
    }

    private boolean hold(Held next) {
        boolean hasRoom = frames < FRAMES_MAX && bytes + next.length() <= BYTES_MAX;
        if (!hasRoom || !room.enter(next.length())) {
            return false;
        }
        frames++;
        bytes += next.length();
        Line line = lines.computeIfAbsent(next.frame().recipient(), _ -> new Line());
        (next.isProcessed() ? line.heldBack() : line.held()).add(next);
        if (!isLookDue) {
            lookLater();
        }
        return true;
    }

    private void lookLater() {
        isLookDue = true;
        var _ = loop.schedule(this::look, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        isLookDue = false;
        try {
            List.copyOf(lines.keySet()).forEach(this::release);
        } finally {
            if (!lines.isEmpty()) {
                lookLater();
            }
        }
    }

    /** Lets go of what is for this user, if it need not wait any more, in the order of arrival. */
    void release(UserId user) {
        Line line = lines.get(user);
        // Asked once: should he leave meanwhile, the later ones must not be held for it.
        if (line == null || isAwaited.test(user)) {
            return;
        }
        try {
            for (Held next = line.poll(); next != null; next = line.poll()) {
                letGo(next);
            }
        } finally {
            if (line.isEmpty()) {
                lines.remove(user);
            }
        }
    }

    private void letGo(Held next) {
        frames--;
        bytes -= next.length();
        try {
            released.accept(next);
        } finally {
            // Not before: at no time shall it count nowhere.
            room.leave(next.length());
        }
    }
}
