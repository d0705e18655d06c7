package io.socp.relay.daemon.link;

import io.socp.relay.ownership.Immutable;
import io.socp.relay.verify.LinkIdentity;
import java.util.function.BooleanSupplier;

/**
 * What may wait for a link. Immutable.
 *
 * @param userQueueBytesMax for a user, and for one whose role is not known yet
 * @param peerQueueBytesMax for a peer
 * @param dropsOldestNow whether, at this time, a user who goes beyond it loses old public messages
 *     before its link
 * @param slowReaders is told who went beyond it
 */
@Immutable
public record LinkBounds(
        long userQueueBytesMax,
        long peerQueueBytesMax,
        BooleanSupplier dropsOldestNow,
        SlowReaderWatch slowReaders) {

    /** Bounds that never change. */
    public LinkBounds(
            long userQueueBytesMax,
            long peerQueueBytesMax,
            boolean dropsOldest,
            SlowReaderWatch slowReaders) {
        this(userQueueBytesMax, peerQueueBytesMax, () -> dropsOldest, slowReaders);
    }

    /** Bounds at which a link is cut. */
    public LinkBounds(long userQueueBytesMax, long peerQueueBytesMax, SlowReaderWatch slowReaders) {
        this(userQueueBytesMax, peerQueueBytesMax, false, slowReaders);
    }

    /** Is told when a link is cut because it does not read; thread-safe. */
    @FunctionalInterface
    public interface SlowReaderWatch {

        /** A link with this identity is cut. */
        void onSlowReader(LinkIdentity identity);

        /** A piece of a file was dropped for one who reads too slowly for it. */
        default void onFileDropped() {}

        /** So many public messages were dropped for one who reads too slowly for them. */
        default void onPublicDropped(int messages) {}
    }

    /** Whether this other end loses public messages before it loses its link. */
    boolean dropsOldest(LinkIdentity identity) {
        return dropsOldestNow.getAsBoolean() && !(identity instanceof LinkIdentity.Server);
    }

    /** How many bytes may wait for this other end. */
    long queueBytesMax(LinkIdentity identity) {
        return identity instanceof LinkIdentity.Server ? peerQueueBytesMax : userQueueBytesMax;
    }
}
