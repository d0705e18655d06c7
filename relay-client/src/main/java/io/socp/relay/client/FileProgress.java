package io.socp.relay.client;

/**
 * How far a file has come.
 *
 * @param peer a user's id, or {@code public}
 * @param doneBytes handed to the connection, or received
 * @param isOver whether this is the last word, for better or worse
 */
public record FileProgress(
        Direction direction,
        String fileId,
        String name,
        String peer,
        long doneBytes,
        long sizeBytes,
        boolean isOver)
        implements ClientEvent {

    /** Which way. */
    public enum Direction {
        OUTGOING,
        INCOMING
    }
}
