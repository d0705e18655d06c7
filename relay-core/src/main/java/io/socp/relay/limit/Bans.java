package io.socp.relay.limit;

import io.socp.relay.ownership.Immutable;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Whom the operator has shut out, and until when. Thread-safe. */
@ThreadSafe
public final class Bans {

    /** Bans at once; beyond it, one must be lifted or end first. */
    public static final int BANS_MAX = 100_000;

    private final Map<Subject, Ban> bySubject = new ConcurrentHashMap<>();

    /** Who is shut out: a name, and what it names. Immutable. */
    @Immutable
    public record Subject(Kind kind, String name) {

        @Override
        public String toString() {
            return kind.word() + " " + name;
        }
    }

    /** What a name names. */
    public enum Kind {
        /** A user's id. */
        USER,
        /** A server's id. */
        SERVER,
        /** A network address, without a port. */
        ADDRESS;

        /** As operators write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One of them. Immutable.
     *
     * @param untilMs Unix ms, exclusive
     * @param reason for people; may be empty
     */
    @Immutable
    public record Ban(Subject subject, long untilMs, String reason) {

        boolean isOver(long nowMs) {
            return nowMs >= untilMs;
        }
    }

    /** Shuts out, in the place of an earlier ban of the same; false where there is no room. */
    public boolean add(Ban ban, long nowMs) {
        if (bySubject.size() >= BANS_MAX && !bySubject.containsKey(ban.subject())) {
            bySubject.values().removeIf(old -> old.isOver(nowMs));
            if (bySubject.size() >= BANS_MAX) {
                return false;
            }
        }
        bySubject.put(ban.subject(), ban);
        return true;
    }

    /** Lets in again; whether there was a ban. */
    public boolean lift(Subject subject) {
        return bySubject.remove(subject) != null;
    }

    /** Whether nobody is shut out at all. */
    public boolean isEmpty() {
        return bySubject.isEmpty();
    }

    /** The ban that holds now; null for none. */
    public @Nullable Ban find(Kind kind, String name, long nowMs) {
        if (bySubject.isEmpty()) {
            return null;
        }
        Ban ban = bySubject.get(new Subject(kind, name));
        return ban == null || ban.isOver(nowMs) ? null : ban;
    }

    /** Whether so many hold now, or more; forgets those that are over where it may matter. */
    public boolean isAtLeast(int count, long nowMs) {
        if (bySubject.size() >= count) {
            bySubject.values().removeIf(old -> old.isOver(nowMs));
        }
        return bySubject.size() >= count;
    }

    /** Bans kept, also some that are over. */
    public int size() {
        return bySubject.size();
    }

    /** All that hold now, the first to end first. */
    public List<Ban> all(long nowMs) {
        return bySubject.values().stream()
                .filter(ban -> !ban.isOver(nowMs))
                .sorted(Comparator.comparingLong(Ban::untilMs))
                .toList();
    }
}
