package io.socp.relay.client.load;

import io.socp.relay.ownership.EventLoopConfined;

/**
 * The messages of one sender that are under way, by the number of their payload; payloads are used
 * in turn, so no two are under way with one number. Event-loop confined.
 *
 * <p>Each use of a number has a round, a byte that goes on with every use: a reader that has seen
 * the number in this round before has got it twice.
 */
@EventLoopConfined
final class UnderWay {

    private final long[] sinceNs;
    private final int[] awaited;
    private final byte[] rounds;
    private int next;
    private int oldest;
    private int count;

    UnderWay(int size) {
        this.sinceNs = new long[size];
        this.awaited = new int[size];
        this.rounds = new byte[size];
    }

    int size() {
        return awaited.length;
    }

    /** How many messages have copies that have not come. */
    int count() {
        return count;
    }

    /** Takes the next number for a message with so many copies; -1 when it is still under way. */
    int take(long nowNs, int copies) {
        int number = next;
        if (awaited[number] > 0) {
            return -1;
        }
        if (count == 0) {
            oldest = number;
        }
        sinceNs[number] = nowNs;
        awaited[number] = copies;
        rounds[number]++;
        count++;
        next = (number + 1) % awaited.length;
        return number;
    }

    byte round(int number) {
        return rounds[number];
    }

    boolean isAwaited(int number) {
        return awaited[number] > 0;
    }

    long sinceNs(int number) {
        return sinceNs[number];
    }

    /** A copy has come: whether it was the last. */
    boolean arrive(int number) {
        boolean isLast = --awaited[number] == 0;
        if (isLast) {
            count--;
        }
        return isLast;
    }

    /** Gives the oldest up, if it is from before this time: the copies that have not come, or 0. */
    int expire(long beforeNs) {
        if (count == 0) {
            return 0;
        }
        while (awaited[oldest] == 0) {
            oldest = (oldest + 1) % awaited.length;
        }
        if (sinceNs[oldest] - beforeNs >= 0) {
            return 0;
        }
        int missing = awaited[oldest];
        awaited[oldest] = 0;
        count--;
        return missing;
    }
}
