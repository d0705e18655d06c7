package io.socp.relay.limit;

import io.socp.relay.ownership.Immutable;

/**
 * How much of something may be done: {@code burst} at once, and one more each {@code intervalNs}.
 * Immutable.
 *
 * <p>What was used of it is one number, the time at which all would be there again (generic cell
 * rate algorithm): whoever keeps that number decides how threads share it, and the rate can change
 * under it.
 */
@Immutable
public record Rate(int burst, long intervalNs) {

    /** What {@link #take} answers where there is not enough. */
    public static final long NOT_ENOUGH = Long.MIN_VALUE;

    private static final long SECOND_NS = 1_000_000_000;
    private static final long SECONDS_PER_MINUTE = 60;

    public Rate {
        if (burst < 1 || intervalNs < 1) {
            throw new IllegalArgumentException("no rate: " + burst + " each " + intervalNs + " ns");
        }
        Math.multiplyExact(intervalNs, burst);
    }

    /** So many a second, and as many as {@code seconds} bring at once. */
    public static Rate perSecond(int count, int seconds) {
        return new Rate(Math.multiplyExact(count, seconds), Math.max(1, SECOND_NS / count));
    }

    /** So many a minute, and at once. */
    public static Rate perMinute(int count) {
        return new Rate(count, Math.max(1, SECONDS_PER_MINUTE * SECOND_NS / count));
    }

    /**
     * Takes so many, if there are so many.
     *
     * @param fullAtNs when all would be there again; now, at first
     * @return the new such time, or {@link #NOT_ENOUGH}
     */
    public long take(long fullAtNs, int count, long nowNs) {
        long nextNs = takeAll(fullAtNs, count, nowNs);
        return owedNs(nextNs, nowNs) > 0 ? NOT_ENOUGH : nextNs;
    }

    /** Takes so many, also on credit. */
    public long takeAll(long fullAtNs, int count, long nowNs) {
        return (fullAtNs - nowNs > 0 ? fullAtNs : nowNs) + count * intervalNs;
    }

    /** How long until what was taken on credit is there; not above 0 where nothing was. */
    public long owedNs(long fullAtNs, long nowNs) {
        return fullAtNs - nowNs - burst * intervalNs;
    }
}
