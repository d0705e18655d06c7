package io.socp.relay.client;

import java.util.List;

/**
 * What became of a message that was sent.
 *
 * @param ref the client's own number for it
 * @param to a user's id, or {@code public}
 * @param isEncrypted whether only its readers can read it; a public message, or a public file, may
 *     be readable by every relay
 * @param trace what relays call each of the messages that the text went in; empty for files
 */
public record Sent(String ref, String to, State state, boolean isEncrypted, List<String> trace) {

    public Sent {
        trace = List.copyOf(trace);
    }

    /** One that relays have no name for. */
    public Sent(String ref, String to, State state, boolean isEncrypted) {
        this(ref, to, state, isEncrypted, List.of());
    }

    /** How far the message is known to have come. */
    public enum State {
        /** Signed and handed to the connection; plain SOCP tells no more (SOCP §10). */
        ACCEPTED,
        /** The reader has said so: a file, to one of our own clients. */
        DELIVERED
    }
}
