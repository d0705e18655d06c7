package io.socp.relay.daemon.cli;

import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Guesses which word was meant. */
final class Spelling {

    /** Of a word's letters, one in so many may be wrong. */
    private static final int LETTERS_PER_SLIP = 3;

    private Spelling() {}

    /** The known word that takes the fewest changes; null where none is near. */
    static @Nullable String nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(other -> distance(word, other) <= 1 + word.length() / LETTERS_PER_SLIP)
                .min(
                        Comparator.comparingInt((String other) -> distance(word, other))
                                .thenComparing(Comparator.naturalOrder()))
                .orElse(null);
    }

    /** Letters to add, drop or change (Levenshtein), a row of the table at a time. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
