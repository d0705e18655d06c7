package io.socp.relay.client.load;

import io.socp.relay.ownership.EventLoopConfined;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What became of every message of a run. Event-loop confined.
 *
 * <p>{@code sent}, {@code received}, {@code lost}, {@code duplicated} and errors count the whole
 * run; {@code measured} and the latencies only what arrived while it was measured. A message to
 * many counts once when sent and once for each reader when received or lost.
 */
@EventLoopConfined
final class Tally {

    static final int ERROR_CODES_MAX = 32;

    private static final long LATENCY_NS_MAX = 120_000_000_000L;
    private static final int DIGITS = 3;
    private static final String OTHER = "OTHER";

    private final Histogram latency = new Histogram(LATENCY_NS_MAX, DIGITS);
    private final Map<String, Long> errors = new TreeMap<>();
    private long sent;
    private long received;
    private long lost;
    private long late;
    private long duplicated;
    private long unsigned;
    private boolean isMeasuring;
    private @Nullable String complaint;

    void onSent() {
        sent++;
    }

    void onReceived(long latencyNs) {
        received++;
        if (isMeasuring) {
            latency.recordValue(Math.clamp(latencyNs, 0, LATENCY_NS_MAX));
        }
    }

    void onLost(int copies) {
        lost += copies;
    }

    /** One that was taken for lost has come. */
    void onLate() {
        lost--;
        late++;
        received++;
    }

    /** A copy has come without a transport signature. */
    void onUnsigned() {
        unsigned++;
    }

    void onDuplicate() {
        duplicated++;
    }

    /** An ERROR by its code, or a word of ours for what else went wrong. */
    void onError(String code, String saying) {
        complaint = LoadUser.shortened(saying);
        boolean isKnown = errors.containsKey(code) || errors.size() < ERROR_CODES_MAX - 1;
        errors.merge(isKnown ? code : OTHER, 1L, Long::sum);
    }

    void measure(boolean on) {
        if (on) {
            latency.reset();
        }
        isMeasuring = on;
    }

    /** A copy, for another thread. */
    Counts counts() {
        return new Counts(
                sent,
                received,
                lost,
                late,
                duplicated,
                unsigned,
                latency.getTotalCount(),
                Map.copyOf(errors),
                latency.copy(),
                complaint);
    }
}
