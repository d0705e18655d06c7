package io.socp.relay.daemon.deliver;

import io.socp.relay.engine.Intake;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Frames on a peer's link that came before the news of their authors, held for another look.
 * Event-loop confined to the link's loop.
 *
 * <p>Who has just come may speak at once, while the mesh is still being told of him. What finds no
 * room here is refused at once, as all of it was without this class.
 */
@EventLoopConfined
final class EarlyFrames {

    static final int FRAMES_MAX = 64;
    static final int BYTES_MAX = 1 << 20;

    /** How long the news may take. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** How often to look whether it has come. */
    static final Duration INTERVAL = Duration.ofMillis(50);

    private final Queue<Held> held = new ArrayDeque<>(0);
    private int bytes;

    /** One that waits. */
    record Held(UserId author, Envelope envelope, long untilNs) {

        boolean isOver(Moment now) {
            return now.ns() >= untilNs;
        }
    }

    /** Whether there is room, and it is held now. */
    boolean hold(Envelope envelope, Intake.Early early, Moment now) {
        int more = envelope.bytes().length;
        if (held.size() >= FRAMES_MAX || bytes + more > BYTES_MAX) {
            return false;
        }
        bytes += more;
        return held.add(new Held(early.author(), envelope, now.nsAfter(PATIENCE)));
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** Whether something of this author waits. */
    boolean has(String author) {
        return !isEmpty() && held.stream().anyMatch(frame -> frame.author().value().equals(author));
    }

    int size() {
        return held.size();
    }

    /** Lets go of the one that has waited longest. */
    Held take() {
        Held next = held.remove();
        bytes -= next.envelope().bytes().length;
        return next;
    }

    /** Holds on to what was let go, behind the others: whoever looks at all keeps their order. */
    void putBack(Held frame) {
        bytes += frame.envelope().bytes().length;
        held.add(frame);
    }
}
