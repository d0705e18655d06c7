package io.socp.relay.client;

import io.socp.relay.client.session.SessionEnd;
import io.socp.relay.client.session.SessionListener;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.ownership.ThreadSafe;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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

    /** Frames waiting at which reading stops; it resumes when half of both bounds is free. */
    static final int FRAMES_MAX = 512;

    /** Bytes of frames waiting at which reading stops: pieces of files are long. */
    static final long BYTES_MAX = 8L << 20;

    private final SerialQueue queue;
    private final SessionListener target;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile boolean isStopped;
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
    public void onSecured(RsaPublicKey key) {
        enqueue(0, () -> target.onSecured(key));
    }

    @Override
    public void onAccepted(@Nullable Envelope first) {
        enqueue(0, () -> target.onAccepted(first));
    }

    @Override
    public void onEnvelope(Envelope envelope) {
        enqueue(envelope.bytes().length, () -> target.onEnvelope(envelope));
    }

    @Override
    public void onUnreadableFrame(String detail) {
        enqueue(0, () -> target.onUnreadableFrame(detail));
    }

    @Override
    public void onEnd(SessionEnd end) {
        queue.execute(() -> target.onEnd(end));
    }

    private void enqueue(int bytes, Runnable event) {
        long bytesWaiting = waitingBytes.addAndGet(bytes);
        if (waiting.incrementAndGet() >= FRAMES_MAX || bytesWaiting >= BYTES_MAX) {
            isStopped = true;
            setReading(false);
            if (isDrained()) {
                setReading(true); // the queue ran dry meanwhile and will not say so again
            }
        }
        queue.execute(() -> {
            try {
                event.run();
            } finally {
                waiting.decrementAndGet();
                waitingBytes.addAndGet(-bytes);
                resumeIfDrained();
            }
        });
    }

    private void resumeIfDrained() {
        if (isStopped && isDrained()) {
            isStopped = false;
            setReading(true);
        }
    }

    private boolean isDrained() {
        return waiting.get() <= FRAMES_MAX / 2 && waitingBytes.get() <= BYTES_MAX / 2;
    }

    private void setReading(boolean isReading) {
        Throttle known = throttle;
        if (known != null) {
            known.setReading(isReading);
        }
    }
}
