package io.socp.relay.daemon.log;

/** Text that does nothing to the terminal or the file it is written to: no control, no new line. */
final class PrintableText {

    /** What one text may take of a line; a stranger's may have a megabyte. */
    static final int CHARACTERS_MAX = 4_096;

    private static final String CUT = "[...]";

    private PrintableText() {}

    /** The text, cut where it is too long. */
    static String cut(String text) {
        return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX) + CUT;
    }

    /**
     * Adds the text, with all that is not to be seen written as {@code \n} or <code>\u202e</code>.
     */
    static void append(StringBuilder line, String text) {
        String shown = cut(text);
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                line.append(c);
            } else {
                appendUnusual(line, shown, i);
            }
        }
    }

    private static void appendUnusual(StringBuilder line, String text, int at) {
        char c = text.charAt(at);
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (isVisible(text, at)) {
                    line.append(c);
                } else {
                    line.append(String.format("\\u%04x", (int) c));
                }
            }
        }
    }

    private static boolean isVisible(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1))
                    && isVisible(text.codePointAt(at));
        }
        if (Character.isLowSurrogate(c)) {
            return at > 0
                    && Character.isHighSurrogate(text.charAt(at - 1))
                    && isVisible(text.codePointAt(at - 1));
        }
        return isVisible(c);
    }

    /** What changes the direction of writing is not visible either, and could hide what is. */
    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
