package io.socp.relay.daemon.config;

/**
 * One setting's value as text. Immutable; a secret is never in {@link #toString}.
 *
 * @param text as flag, environment or file give it
 * @param isReloadable whether a running relay takes up another value
 */
public record Setting(String text, boolean isSecret, boolean isReloadable) {

    private static final String HIDDEN = "(hidden)";

    /** For people. */
    public String shown() {
        return isSecret && !text.isEmpty() ? HIDDEN : text;
    }

    @Override
    public String toString() {
        return shown();
    }
}
