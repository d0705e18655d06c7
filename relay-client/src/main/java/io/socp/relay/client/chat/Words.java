package io.socp.relay.client.chat;

/** A first word and what follows it; either may be empty. */
record Words(String first, String rest) {

    /** Splits at the first white space; the rest keeps its inner spaces. */
    static Words split(String text) {
        String trimmed = text.strip();
        int end = 0;
        while (end < trimmed.length() && !Character.isWhitespace(trimmed.charAt(end))) {
            end++;
        }
        return new Words(trimmed.substring(0, end), trimmed.substring(end).strip());
    }
}
