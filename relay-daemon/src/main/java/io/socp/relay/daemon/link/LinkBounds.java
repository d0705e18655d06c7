package io.socp.relay.daemon.link;

import io.socp.relay.ownership.Immutable;
import io.socp.relay.verify.LinkIdentity;

/**
 * What may wait for a link. Immutable.
 *
 * @param userQueueBytesMax for a user, and for one whose role is not known yet
 * @param peerQueueBytesMax for a peer
 * @param slowReaders is told who went beyond it
 */
@Immutable
public record LinkBounds(
        long userQueueBytesMax, long peerQueueBytesMax, SlowReaderWatch slowReaders) {

    /** Is told when a link is cut because it does not read; thread-safe. */
    @FunctionalInterface
    public interface SlowReaderWatch {

        /** A link with this identity is cut. */
        void onSlowReader(LinkIdentity identity);

        /** A piece of a file was dropped for one who reads too slowly for it. */
        default void onFileDropped() {}
    }

    /** How many bytes may wait for this other end. */
    long queueBytesMax(LinkIdentity identity) {
        return identity instanceof LinkIdentity.Server ? peerQueueBytesMax : userQueueBytesMax;
    }
}
