package io.socp.relay.client;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/**
 * How much of a file is on its way to a reader who acknowledges it, and how far apart its pieces
 * go. Confined to the client's queue; knows the time it is told, in ns of a {@code Ticker}.
 *
 * <p>A file gives way to everything else (in the manner of LEDBAT, RFC 6817). The delay of a piece
 * runs from its making to the receipt it causes, through all queues and threads in between; what it
 * has beyond the least delay of the last minutes, somebody waits for. Below {@link #TARGET_NS} of
 * that the window grows, by a piece each round trip at most; beyond, it shrinks, to half each round
 * trip at most. It is never less than a piece, so no file stands still.
 *
 * <p>The window is kept by the spacing of the pieces, so many evenly in each delay: receipts come
 * each {@link #RECEIPT_BYTES}, which a small window is shorter than, and a burst of pieces would be
 * everybody's queue.
 */
final class FileWindow {

    /** Ahead of the receipts at most, whatever the window is. */
    static final long AHEAD_BYTES_MAX = 1L << 20;

    /** A reader acknowledges each such many bytes. */
    static final long RECEIPT_BYTES = AHEAD_BYTES_MAX / 4;

    /** The largest window. */
    static final long BYTES_MAX = AHEAD_BYTES_MAX;

    /** The smallest window: one piece. */
    static final long BYTES_MIN = 64 * 1024;

    /** The window of a file that begins. */
    static final long BYTES_START = 4 * BYTES_MIN;

    /** What a file may add to the delay of its path. */
    static final long TARGET_NS = 3_000_000;

    /** The delay that is expected before there is any. */
    static final long DELAY_START_NS = 20_000_000;

    /** The longest pause between two pieces, however long a delay seemed. */
    static final long GAP_NS_MAX = 1_000_000_000;

    /** The least delay is that of this one and the {@value #BASE_PERIODS} periods before it. */
    static final long BASE_PERIOD_NS = 60_000_000_000L;

    static final int BASE_PERIODS = 4;

    /** The least of so many delays counts: one pause of a collector does not. */
    private static final int RECENT = 2;

    private static final long NONE = Long.MAX_VALUE;

    /** A piece without a receipt: where it ends in the file, and when it was made. */
    private record Made(long endBytes, long atNs) {}

    private final Queue<Made> underWay = new ArrayDeque<>();
    private final long[] recentNs = new long[RECENT];
    private final long[] leastNs = new long[BASE_PERIODS + 1];
    private int delays;
    private long periodBeganNs;
    private long windowBytes = BYTES_START;
    private long madeBytes;
    private long acknowledgedBytes;
    private long lastCutNs;
    private long nextNs;

    FileWindow(long nowNs) {
        Arrays.fill(leastNs, NONE);
        periodBeganNs = nowNs;
        lastCutNs = nowNs;
        nextNs = nowNs;
    }

    /** Whether the next piece must wait for a receipt, which tells of what came long before it. */
    boolean isFull() {
        long aheadBytesMax = Math.min(AHEAD_BYTES_MAX, windowBytes + RECEIPT_BYTES);
        return madeBytes - acknowledgedBytes >= aheadBytesMax;
    }

    /** How long the next piece must wait for the one before it. */
    long delayNs(long nowNs) {
        return Math.clamp(nextNs - nowNs, 0, GAP_NS_MAX);
    }

    /** A piece goes. */
    void onMade(int bytes, long nowNs) {
        madeBytes += bytes;
        underWay.add(new Made(madeBytes, nowNs));
        long gapNs = gapNs(bytes);
        // Who is late by a little catches up, who is late by more does not: no bursts.
        boolean isOnTime = Math.abs(nowNs - nextNs) <= gapNs;
        nextNs = (isOnTime ? nextNs : nowNs) + gapNs;
    }

    /** The reader has so many bytes. */
    void onReceipt(long bytes, long nowNs) {
        long aheadBytes = madeBytes - acknowledgedBytes;
        long newBytes = Math.min(bytes, madeBytes) - acknowledgedBytes;
        if (newBytes <= 0) {
            return;
        }
        acknowledgedBytes += newBytes;
        long madeAtNs = nowNs;
        while (!underWay.isEmpty() && underWay.element().endBytes() <= acknowledgedBytes) {
            madeAtNs = underWay.remove().atNs();
        }
        if (nowNs - madeAtNs > 0) {
            onDelay(nowNs - madeAtNs, nowNs);
            adapt(newBytes, aheadBytes, nowNs);
        }
    }

    /** For what it is: how many bytes go in each delay. */
    long bytes() {
        return windowBytes;
    }

    private void onDelay(long delayNs, long nowNs) {
        recentNs[delays++ % RECENT] = delayNs;
        long periods = Math.clamp((nowNs - periodBeganNs) / BASE_PERIOD_NS, 0, leastNs.length);
        if (periods > 0) {
            int kept = leastNs.length - (int) periods;
            System.arraycopy(leastNs, 0, leastNs, (int) periods, kept);
            Arrays.fill(leastNs, 0, (int) periods, NONE);
            periodBeganNs = nowNs;
        }
        leastNs[0] = Math.min(leastNs[0], delayNs);
    }

    private void adapt(long newBytes, long aheadBytes, long nowNs) {
        long baseNs = Arrays.stream(leastNs).min().orElseThrow();
        long queueNs = usualNs() - baseNs;
        if (queueNs > TARGET_NS) {
            if (nowNs - lastCutNs >= usualNs()) {
                lastCutNs = nowNs;
                // What would have queued for no longer than that, going on at this rate.
                double kept = share(baseNs + TARGET_NS, baseNs + queueNs);
                resize((long) (windowBytes * Math.max(0.5, kept)));
            }
        } else if (aheadBytes + BYTES_MIN >= windowBytes) { // or it is not the window that limits
            double off = 1 - share(queueNs, TARGET_NS);
            double roundTrips = Math.min(1, share(newBytes, windowBytes));
            resize(windowBytes + (long) (off * roundTrips * BYTES_MIN));
        }
    }

    private void resize(long bytes) {
        windowBytes = Math.clamp(bytes, BYTES_MIN, BYTES_MAX);
    }

    private static double share(long part, long whole) {
        return (double) part / whole;
    }

    private long gapNs(int bytes) {
        return Math.min(GAP_NS_MAX, (long) (usualNs() * share(bytes, windowBytes)));
    }

    private long usualNs() {
        if (delays == 0) {
            return DELAY_START_NS;
        }
        return Arrays.stream(recentNs).limit(delays).min().orElseThrow();
    }
}
