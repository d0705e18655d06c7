package io.socp.relay.client.load;

import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Tally} held at one moment.
 *
 * @param lost copies that were awaited and did not come
 * @param late of those received, the ones that had been taken for lost
 * @param unsigned copies without a transport signature
 * @param measured received during the measured time
 * @param latency of those, in ns
 * @param complaint the last thing that went wrong, or null
 */
record Counts(
        long sent,
        long received,
        long lost,
        long late,
        long duplicated,
        long unsigned,
        long measured,
        Map<String, Long> errors,
        Histogram latency,
        @Nullable String complaint) {

    /** A percentile of the latency in microseconds. */
    double latencyUs(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e3;
    }

    long errorsTotal() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
