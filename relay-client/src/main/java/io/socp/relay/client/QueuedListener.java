package io.socp.relay.client;

import io.socp.relay.client.session.SessionEnd;
import io.socp.relay.client.session.SessionListener;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.ownership.ThreadSafe;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Takes a session's events from its event loop to a client's queue, and stops the session's reading
 * while too many wait there. Thread-safe: called on the loop, drained on the queue.
 */
@ThreadSafe
final class QueuedListener implements SessionListener {

    /** Stops or resumes the reading of a connection. */
    @FunctionalInterface
    interface Throttle {
        void setReading(boolean isReading);
    }

    /** Frames waiting at which reading stops; it resumes at half. */
    static final int FRAMES_MAX = 512;

    private final SerialQueue queue;
    private final SessionListener target;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile @Nullable Throttle throttle;

    QueuedListener(SerialQueue queue, SessionListener target) {
        this.queue = queue;
        this.target = target;
    }

    /** What stops and resumes reading; until it is known nothing is stopped. */
    void throttle(Throttle known) {
        throttle = known;
    }

    @Override
    public void onAccepted(@Nullable Envelope first) {
        enqueue(() -> target.onAccepted(first));
    }

    @Override
    public void onEnvelope(Envelope envelope) {
        enqueue(() -> target.onEnvelope(envelope));
    }

    @Override
    public void onUnreadableFrame(String detail) {
        enqueue(() -> target.onUnreadableFrame(detail));
    }

    @Override
    public void onEnd(SessionEnd end) {
        queue.execute(() -> target.onEnd(end));
    }

    private void enqueue(Runnable event) {
        if (waiting.incrementAndGet() >= FRAMES_MAX) {
            setReading(false);
            if (waiting.get() <= FRAMES_MAX / 2) {
                setReading(true); // the queue ran dry meanwhile and will not say so again
            }
        }
        queue.execute(() -> {
            try {
                event.run();
            } finally {
                if (waiting.decrementAndGet() == FRAMES_MAX / 2) {
                    setReading(true);
                }
            }
        });
    }

    private void setReading(boolean isReading) {
        Throttle known = throttle;
        if (known != null) {
            known.setReading(isReading);
        }
    }
}
