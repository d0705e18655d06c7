package io.socp.relay.daemon.config;

/** What becomes of a user for whom more waits than may. */
public enum SlowReaders {

    /** The link is closed. */
    DISCONNECT("disconnect"),

    /**
     * The oldest public messages that wait are dropped; the link is closed if that is not enough.
     */
    DROP_OLDEST("drop-oldest");

    private final String text;

    SlowReaders(String text) {
        this.text = text;
    }

    /** As operators write it. */
    @Override
    public String toString() {
        return text;
    }
}
