package io.socp.relay.client;

/**
 * How fast the pieces of a file may follow each other where no reader says how far it is. A relay
 * parts with a user whose frames pile up, and that user's chat is worth more than our haste.
 */
enum Pace {
    /** One of our own clients: its receipts set the pace. */
    BY_RECEIPTS(0),
    /** One RSA block each: about 150 KB/s, a private-key operation of a slow reader. */
    TO_STRANGERS(3_000_000),
    /** About 256 KB/s, to each of many. */
    TO_EVERYONE(32_000_000);

    /** Pieces that may go at once: few, since each costs its sender a signature. */
    static final int BURST = 8;

    private final long pieceNs;

    Pace(long pieceNs) {
        this.pieceNs = pieceNs;
    }

    /** How long the piece with this index must wait, when the first went so long ago. */
    long delayNs(int index, long elapsedNs) {
        long dueNs = (index - BURST) * pieceNs;
        // A few pieces late is one timer less for each of them.
        return elapsedNs >= dueNs ? 0 : dueNs - elapsedNs + pieceNs * BURST / 4;
    }
}
