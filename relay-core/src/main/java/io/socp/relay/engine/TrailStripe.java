package io.socp.relay.engine;

import io.socp.relay.engine.TrailStep.End;
import io.socp.relay.engine.TrailStep.Fate;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A part of the {@link Trail}: a ring of steps, in numbers rather than objects. Thread-safe: one
 * short lock, under which nobody is called.
 *
 * <p>Nothing is allocated for a step, and no object kept that would be garbage otherwise: a
 * recipient's UUID stands as its bits, and what is kept by reference is shared with the tables.
 */
@ThreadSafe
final class TrailStripe {

    /** It begins with so many, and doubles up to its bound. */
    private static final int STEPS_MIN = 64;

    private static final int LONGS = 5;
    private static final int AT = 1;
    private static final int HIGH = 2;
    private static final int LOW = 3;
    private static final int WORD = 4;

    private static final int OBJECTS = 2;

    /** Of a step whose message had no form: what happened later. */
    private static final int NO_TYPE = 0xff;

    private static final int FATE_SHIFT = 8;
    private static final int KIND_SHIFT = 16;
    private static final int SERVERS_SHIFT = 32;
    private static final int BYTE = 0xff;

    private static final MessageType[] TYPES = MessageType.values();
    private static final Fate[] FATES = Fate.values();
    private static final Kind[] KINDS = Kind.values();

    private final int stepsMax;
    private long[] numbers = new long[0];
    private @Nullable Object[] ends = new Object[0];
    private int size;
    private int next;

    /** How the end is kept that a message goes to. */
    private enum Kind {
        NOBODY,
        /** The bits of a UUID. */
        USER,
        /** The id or server itself. */
        NAMED,
        EVERYONE
    }

    /** With this bound on its steps, above 0. */
    TrailStripe(int stepsMax) {
        this.stepsMax = stepsMax;
    }

    /**
     * Adds a step, in the place of the oldest when the bound is reached.
     *
     * @param from a {@link UserId}, a {@link ServerId}, or null
     * @param to the same
     * @param servers for everyone, to how many servers it goes; else negative
     */
    @SuppressWarnings("EnumOrdinal") // within this process only
    synchronized void add(
            long reference,
            long atMs,
            @Nullable MessageType type,
            Fate fate,
            @Nullable Object from,
            @Nullable Object to,
            int servers) {
        if (size == capacity() && size < stepsMax) {
            grow();
        }
        int at = next * LONGS;
        numbers[at] = reference;
        numbers[at + AT] = atMs;
        Kind kind = servers < 0 ? Kind.NOBODY : Kind.EVERYONE;
        Object named = null;
        if (to instanceof UserId(String id) && pack(id, at)) {
            kind = Kind.USER;
        } else if (to != null) {
            kind = Kind.NAMED;
            named = to;
        }
        numbers[at + WORD] =
                word(type == null ? NO_TYPE : type.ordinal(), fate, kind, Math.max(servers, 0));
        ends[next * OBJECTS] = from;
        ends[next * OBJECTS + 1] = named;
        size = Math.min(size + 1, capacity());
        next = next + 1 == stepsMax ? 0 : next + 1;
    }

    /**
     * Turns the last step by which this message was given to somebody, or could not be, into one in
     * which it waits.
     */
    synchronized void holdBack(long reference) {
        for (int i = size - 1; i >= 0; i--) {
            int step = oldestFirst(i);
            if (numbers[step * LONGS] == reference && isDecided(step)) {
                int type = (int) numbers[step * LONGS + WORD] & BYTE;
                numbers[step * LONGS + WORD] = word(type, Fate.WAITING, Kind.NOBODY, 0);
                ends[step * OBJECTS + 1] = null;
                return;
            }
        }
    }

    private boolean isDecided(int step) {
        return switch (fate(step)) {
            case ACCEPTED, UNDELIVERABLE -> true;
            case DUPLICATE, REFUSED, UNVERIFIED, WAITING, GIVEN_UP, DROPPED -> false;
        };
    }

    private Fate fate(int step) {
        return FATES[(int) (numbers[step * LONGS + WORD] >> FATE_SHIFT) & BYTE];
    }

    @SuppressWarnings("EnumOrdinal") // within this process only
    private static long word(int type, Fate fate, Kind kind, int servers) {
        return type
                | fate.ordinal() << FATE_SHIFT
                | kind.ordinal() << KIND_SHIFT
                | (long) servers << SERVERS_SHIFT;
    }

    /** Adds the steps of this message that are not older than that, oldest first. */
    synchronized void collect(long reference, long sinceMs, List<TrailStep> into) {
        for (int i = 0; i < size; i++) {
            int step = oldestFirst(i);
            if (numbers[step * LONGS] == reference && numbers[step * LONGS + AT] >= sinceMs) {
                into.add(step(step));
            }
        }
    }

    /** When the oldest step was added that is not older than that; the same where there is none. */
    synchronized long oldestMs(long sinceMs) {
        long oldest = size == stepsMax ? numbers[oldestFirst(0) * LONGS + AT] : sinceMs;
        return Math.max(oldest, sinceMs);
    }

    private int capacity() {
        return ends.length / OBJECTS;
    }

    private int oldestFirst(int i) {
        return size < stepsMax ? i : (next + i) % stepsMax;
    }

    private void grow() {
        int capacity = Math.min(stepsMax, Math.max(STEPS_MIN, 2 * capacity()));
        numbers = Arrays.copyOf(numbers, capacity * LONGS);
        ends = Arrays.copyOf(ends, capacity * OBJECTS);
    }

    private TrailStep step(int step) {
        long word = numbers[step * LONGS + WORD];
        int type = (int) word & BYTE;
        return new TrailStep(
                numbers[step * LONGS + AT],
                type == NO_TYPE ? null : TYPES[type],
                end(ends[step * OBJECTS]),
                fate(step),
                switch (KINDS[(int) (word >> KIND_SHIFT) & BYTE]) {
                    case NOBODY -> new End.Nobody();
                    case USER -> new End.User(unpack(step * LONGS));
                    case NAMED -> end(ends[step * OBJECTS + 1]);
                    case EVERYONE -> new End.Everyone((int) (word >> SERVERS_SHIFT));
                });
    }

    private static End end(@Nullable Object named) {
        if (named instanceof UserId user) {
            return new End.User(user);
        }
        return named instanceof ServerId server ? new End.Server(server) : new End.Nobody();
    }

    /** Writes the bits of a UUID as it is commonly written; false for any other id. */
    private boolean pack(String id, int at) {
        if (id.length() != 36) {
            return false;
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 36; i++) {
            char c = id.charAt(i);
            boolean isDash = i == 8 || i == 13 || i == 18 || i == 23;
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (isDash ? c != '-' : digit < 0) {
                return false;
            }
            if (!isDash && i < 18) {
                high = high << 4 | digit;
            } else if (!isDash) {
                low = low << 4 | digit;
            }
        }
        numbers[at + HIGH] = high;
        numbers[at + LOW] = low;
        return true;
    }

    private UserId unpack(int at) {
        return new UserId(new UUID(numbers[at + HIGH], numbers[at + LOW]).toString());
    }
}
