package io.socp.relay.client.it.container;

import io.socp.relay.identity.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * What became of every message of a test. A message is acknowledged when its author's relay has
 * dealt with it. Thread-safe.
 */
final class Ledger {

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Map<Way, AtomicInteger> reports = new ConcurrentHashMap<>();
    private final AtomicInteger lastNumber = new AtomicInteger();

    /** From whom to whom. */
    record Way(UserId author, UserId reader) {}

    /**
     * The sums.
     *
     * @param told messages that their authors were told to have reached nobody
     * @param lost acknowledged ones that nobody saw, and of which nobody was told
     * @param twice copies shown beyond the first
     */
    record Sums(int acknowledged, int delivered, int told, int lost, int twice) {

        @Override
        public String toString() {
            return "messages acknowledged %,d, delivered %,d, told undeliverable %,d, lost %d, shown twice %d"
                    .formatted(acknowledged, delivered, told, lost, twice);
        }
    }

    private static final class Entry {
        private final Way way;
        private final AtomicInteger shown = new AtomicInteger();
        private volatile boolean isAcknowledged;

        Entry(Way way) {
            this.way = way;
        }

        boolean isMissing() {
            return isAcknowledged && shown.get() == 0;
        }
    }

    /** A new message's text. */
    String write(UserId author, UserId reader) {
        String text = "message " + lastNumber.incrementAndGet();
        entries.put(text, new Entry(new Way(author, reader)));
        return text;
    }

    void onAcknowledged(String text) {
        entry(text).isAcknowledged = true;
    }

    void onShown(String text) {
        entry(text).shown.incrementAndGet();
    }

    /** The author was told that a message to this reader reached nobody. */
    void onReported(UserId author, UserId reader) {
        reports.computeIfAbsent(new Way(author, reader), _ -> new AtomicInteger())
                .incrementAndGet();
    }

    boolean isShown(String text) {
        return entry(text).shown.get() > 0;
    }

    Sums sums() {
        return sums(_ -> true);
    }

    /** Of the messages on these ways alone. */
    Sums sums(Predicate<Way> counted) {
        Map<Way, Integer> missing = new HashMap<>();
        int acknowledged = 0;
        int delivered = 0;
        int twice = 0;
        for (Entry entry : entries.values()) {
            if (!counted.test(entry.way)) {
                continue;
            }
            int shown = entry.shown.get();
            acknowledged += entry.isAcknowledged ? 1 : 0;
            delivered += shown > 0 ? 1 : 0;
            twice += Math.max(0, shown - 1);
            if (entry.isMissing()) {
                missing.merge(entry.way, 1, Integer::sum);
            }
        }
        int told = reports.keySet().stream().filter(counted).mapToInt(this::reported).sum();
        int lost =
                missing.entrySet().stream()
                        .mapToInt(way -> Math.max(0, way.getValue() - reported(way.getKey())))
                        .sum();
        return new Sums(acknowledged, delivered, told, lost, twice);
    }

    private int reported(Way way) {
        AtomicInteger count = reports.get(way);
        return count == null ? 0 : count.get();
    }

    private Entry entry(String text) {
        Entry entry = entries.get(text);
        if (entry == null) {
            throw new AssertionError("nobody wrote '" + text + "'");
        }
        return entry;
    }
}
