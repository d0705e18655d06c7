package io.socp.relay.client.load;

import io.netty.util.concurrent.Future;
import io.socp.relay.ownership.EventLoopConfined;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts what a run delivers. Event-loop confined, but for its volatile ends. */
@EventLoopConfined
final class LoadMeter {

    private static final long LATENCY_NS_MAX = 60_000_000_000L;
    private static final int DIGITS = 3;

    private final Histogram latency = new Histogram(LATENCY_NS_MAX, DIGITS);
    private long messages;
    private long errors;
    private long lost;
    private boolean isMeasuring;
    private volatile boolean isOver;
    private volatile @Nullable String complaint;

    void onDelivered(long latencyNs) {
        if (isMeasuring) {
            messages++;
            latency.recordValue(Math.min(latencyNs, LATENCY_NS_MAX));
        }
    }

    void onLost() {
        lost++;
    }

    void onError(String frame) {
        errors++;
        complaint = frame;
    }

    void onWritten(Future<?> written) {
        if (!written.isSuccess() && !isOver) {
            complaint = "a frame was not written: " + written.cause();
        }
    }

    void startMeasuring() {
        latency.reset();
        messages = 0;
        isMeasuring = true;
    }

    void stop() {
        isMeasuring = false;
        isOver = true;
    }

    boolean isOver() {
        return isOver;
    }

    /** The last thing that went wrong, or null. */
    @Nullable String complaint() {
        return complaint;
    }

    long messages() {
        return messages;
    }

    /** Refused or lost. */
    long errors() {
        return errors + lost;
    }

    Histogram latency() {
        return latency.copy();
    }
}
