package io.socp.relay.engine;

import io.socp.relay.ownership.Immutable;

/** One line for the operator. Immutable. */
@Immutable
public record Notice(Severity severity, String text) {

    /** How loud. */
    public enum Severity {
        /** The course of things. */
        INFO,
        /** Someone should look, the relay goes on. */
        WARN
    }

    static Notice info(String text) {
        return new Notice(Severity.INFO, text);
    }

    static Notice warn(String text) {
        return new Notice(Severity.WARN, text);
    }
}
