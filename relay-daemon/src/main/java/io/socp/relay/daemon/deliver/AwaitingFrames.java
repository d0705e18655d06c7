package io.socp.relay.daemon.deliver;

import io.netty.util.concurrent.EventExecutor;
import io.socp.relay.engine.Intake;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
    private final Queue<Held> heldBack = new ArrayDeque<>(0);
    private final Queue<Held> held = new ArrayDeque<>(0);
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
        return hold(new Held(frame, identity, false), held);
    }

    /** The same for one that was on its way already: it came before those that were not. */
    boolean holdBack(Intake.Waiting frame, LinkIdentity identity) {
        return hold(new Held(frame, identity, true), heldBack);
    }

    private boolean hold(Held next, Queue<Held> queue) {
        boolean hasRoom =
                held.size() + heldBack.size() < FRAMES_MAX && bytes + next.length() <= BYTES_MAX;
        if (!hasRoom || !room.enter(next.length())) {
            return false;
        }
        bytes += next.length();
        if (!isLookDue) {
            lookLater();
        }
        return queue.add(next);
    }

    private void lookLater() {
        isLookDue = true;
        var _ = loop.schedule(this::look, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        isLookDue = false;
        release();
        if (!isEmpty()) {
            lookLater();
        }
    }

    private boolean isEmpty() {
        return held.isEmpty() && heldBack.isEmpty();
    }

    /** Lets go of those that need not wait any more, in the order of arrival. */
    void release() {
        if (isEmpty()) {
            return;
        }
        List<Held> ready = new ArrayList<>();
        // Asked once for each: whoever comes meanwhile must not get the later ones first.
        Map<UserId, Boolean> away = new HashMap<>();
        release(heldBack, away, ready);
        release(held, away, ready);
        for (Held next : ready) {
            released.accept(next);
            // Not before: at no time shall it count nowhere.
            room.leave(next.length());
        }
    }

    private void release(Queue<Held> queue, Map<UserId, Boolean> away, List<Held> ready) {
        for (Iterator<Held> all = queue.iterator(); all.hasNext(); ) {
            Held next = all.next();
            if (!away.computeIfAbsent(next.frame().recipient(), isAwaited::test)) {
                all.remove();
                bytes -= next.length();
                ready.add(next);
            }
        }
    }
}
