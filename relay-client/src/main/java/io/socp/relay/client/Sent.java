package io.socp.relay.client;

/**
 * What became of a message that was sent.
 *
 * @param ref the client's own number for it
 * @param to a user's id, or {@code public}
 * @param isEncrypted whether only its readers can read it; a public message, or a public file, may
 *     be readable by every relay
 */
public record Sent(String ref, String to, State state, boolean isEncrypted) {

    /** How far the message is known to have come. */
    public enum State {
        /** Signed and handed to the connection; plain SOCP tells no more (SOCP §10). */
        ACCEPTED,
        /** The reader has said so: a file, to one of our own clients. */
        DELIVERED
    }
}
