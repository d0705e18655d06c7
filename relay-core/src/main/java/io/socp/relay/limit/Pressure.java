package io.socp.relay.limit;

import io.socp.relay.ownership.ThreadSafe;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * How short of memory the relay is, and what it sheds therefore: files first, then public messages,
 * then hellos, direct messages last. Thread-safe: one writer, a volatile level that everyone reads.
 *
 * <p>A level is entered where its mark is reached, and left {@link #HYSTERESIS_PERCENT} below it:
 * else it would come and go with every message that it sheds. The first mark is a setting; the
 * others lie in equal steps between it and full.
 */
@ThreadSafe
public final class Pressure {

    /** How far below its mark a level ends. */
    static final int HYSTERESIS_PERCENT = 5;

    private static final List<Level> LEVELS = List.of(Level.values());

    private final Limits limits;
    private final List<LongAdder> shed = LEVELS.stream().map(_ -> new LongAdder()).toList();
    private volatile Level level = Level.NONE;

    /** What is shed; each sheds what those before it do. */
    public enum Level {
        NONE(0),
        FILES(1),
        PUBLIC(2),
        HELLOS(3),
        DIRECT(4);

        private final int step;

        Level(int step) {
            this.step = step;
        }

        /** How many kinds are shed. */
        public int step() {
            return step;
        }
    }

    public Pressure(Limits limits) {
        this.limits = limits;
    }

    /** What is shed now. */
    public Level level() {
        return level;
    }

    /** Whether what is shed at this level is shed now. */
    public boolean sheds(Level kind) {
        Level now = level;
        return now != Level.NONE && now.compareTo(kind) >= 0;
    }

    /** One of this kind was shed. */
    public void onShed(Level kind) {
        shed.get(kind.step()).increment();
    }

    /** How many of this kind were shed since the start. */
    public long shed(Level kind) {
        return shed.get(kind.step()).sum();
    }

    /**
     * So much of the memory is in use; one thread alone says so.
     *
     * @return whether the level is another one now
     */
    public boolean onUse(double percent) {
        int first = limits.now().memoryPercentMax();
        Level before = level;
        Level reached = Level.NONE;
        for (Level candidate : LEVELS.subList(1, LEVELS.size())) {
            double mark = mark(first, candidate);
            double end = candidate.compareTo(before) <= 0 ? mark - HYSTERESIS_PERCENT : mark;
            if (percent >= end) {
                reached = candidate;
            }
        }
        Level next = first >= 100 ? Level.NONE : reached;
        level = next;
        return next != before;
    }

    private static double mark(int first, Level candidate) {
        return first + (100.0 - first) * (candidate.step() - 1) / (LEVELS.size() - 1);
    }
}
