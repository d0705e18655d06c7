package io.socp.relay.daemon.config;

import java.time.Duration;

/**
 * Bounds on links. Immutable.
 *
 * @param linksMax links at once, users and servers together, as the information document has it
 * @param messageBytesMax one message, all its WebSocket frames together
 * @param firstFrameTimeout from the connection to the first envelope
 * @param silenceMax a link that sends nothing for so long is pinged, and closed after as long again
 * @param userQueueBytesMax what may wait for a user who does not read; beyond it the link is closed
 * @param peerQueueBytesMax the same for a peer
 * @param inFlightMax frames of one link between reading and routing, a long one counting as
 *     several; beyond it reading pauses
 * @param malformedMax frames that are no envelope before the link is closed
 * @param slowReaders what becomes of a user for whom more waits than may
 */
public record LinkOptions(
        int linksMax,
        int messageBytesMax,
        Duration firstFrameTimeout,
        Duration silenceMax,
        long userQueueBytesMax,
        long peerQueueBytesMax,
        int inFlightMax,
        int malformedMax,
        SlowReaders slowReaders) {

    /** Options by which slow readers are cut off. */
    public LinkOptions(
            int linksMax,
            int messageBytesMax,
            Duration firstFrameTimeout,
            Duration silenceMax,
            long userQueueBytesMax,
            long peerQueueBytesMax,
            int inFlightMax,
            int malformedMax) {
        this(
                linksMax,
                messageBytesMax,
                firstFrameTimeout,
                silenceMax,
                userQueueBytesMax,
                peerQueueBytesMax,
                inFlightMax,
                malformedMax,
                SlowReaders.DISCONNECT);
    }

    /** What runs when nothing is configured. */
    public static LinkOptions standard() {
        return new LinkOptions(
                10_000,
                256 * 1024,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                4L << 20,
                64L << 20,
                64,
                3);
    }

    /** These options with other bounds on links and on one message. */
    public LinkOptions within(int newLinksMax, int newMessageBytesMax) {
        return new LinkOptions(
                newLinksMax,
                newMessageBytesMax,
                firstFrameTimeout,
                silenceMax,
                userQueueBytesMax,
                peerQueueBytesMax,
                inFlightMax,
                malformedMax,
                slowReaders);
    }

    /** These options with other times. */
    public LinkOptions waiting(Duration newFirstFrameTimeout, Duration newSilenceMax) {
        return new LinkOptions(
                linksMax,
                messageBytesMax,
                newFirstFrameTimeout,
                newSilenceMax,
                userQueueBytesMax,
                peerQueueBytesMax,
                inFlightMax,
                malformedMax,
                slowReaders);
    }

    /** These options with another way of dealing with slow readers. */
    public LinkOptions dealingWith(SlowReaders newSlowReaders) {
        return new LinkOptions(
                linksMax,
                messageBytesMax,
                firstFrameTimeout,
                silenceMax,
                userQueueBytesMax,
                peerQueueBytesMax,
                inFlightMax,
                malformedMax,
                newSlowReaders);
    }
}
