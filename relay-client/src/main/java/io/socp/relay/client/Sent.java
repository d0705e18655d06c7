package io.socp.relay.client;

/**
 * What became of a message that was sent.
 *
 * @param ref the client's own number for it
 * @param to a user's id, or {@code public}
 */
public record Sent(String ref, String to, State state) {

    /** How far the message is known to have come. */
    public enum State {
        /** Signed and handed to the connection; plain SOCP tells no more (SOCP §10). */
        ACCEPTED
    }
}
