package io.socp.relay.envelope;

import java.util.Comparator;

/**
 * Order of strings by Unicode code point, as Python sorts keys. Java's own order compares UTF-16
 * units and puts U+10000 and above before U+E000..U+FFFF.
 */
enum CodePointOrder implements Comparator<String> {
    INSTANCE;

    @Override
    public int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Character.compare(rank(x), rank(y));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Moves the surrogates above all other units and keeps every other relation. */
    private static char rank(char unit) {
        if (unit < Character.MIN_SURROGATE) {
            return unit;
        }
        return (char) (unit > Character.MAX_SURROGATE ? unit - 0x800 : unit + 0x2000);
    }
}
