package io.socp.relay.client.load;

import org.HdrHistogram.Histogram;

/**
 * What was measured.
 *
 * @param messages delivered during the measured time
 * @param errors ERROR frames received, over the whole run
 * @param latency from the write of the MSG_DIRECT to the arrival of the USER_DELIVER, in ns
 * @param relayCpuSeconds NaN when the relay's process is not known
 */
public record DirectLoadResult(
        long messages, long errors, double seconds, Histogram latency, double relayCpuSeconds) {

    public double perSecond() {
        return messages / seconds;
    }

    public double perRelayCpuSecond() {
        return messages / relayCpuSeconds;
    }

    /** A percentile of the latency in microseconds. */
    public double latencyUs(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e3;
    }
}
