package io.socp.relay.engine;

import io.socp.relay.ownership.Immutable;

/**
 * What a peer does that no honest one does often. Immutable.
 *
 * <p>The weight says how much of {@link Conduct#PATIENCE} one costs. Honest servers have odd
 * habits: they send our own gossip back, pass on what others signed wrongly, rewrite {@code
 * server_id}. What an honest server might do, it may do some thousand times at once and up to a
 * hundred times a second.
 */
@Immutable
public enum Offence {
    /**
     * Says in one frame that it hosts users who are online elsewhere, or shows other keys for them.
     */
    CLAIMS_FOREIGN_USER(25),
    /** Removes in one frame users who are online elsewhere. */
    REMOVES_FOREIGN_USER(25),
    /** Speaks for another server, or names another in {@code server_id} than in {@code from}. */
    FORGES_SERVER_ID(20),
    /** Shows another key than the one pinned to it. */
    CHANGES_PINNED_KEY(60_000),
    /** Speaks in its own name with no signature, or with one that does not hold. */
    WRONG_SIGNATURE(50),
    /** Passes on what users whom it hosts are said to have signed, and have not. */
    PASSES_ON_FORGERY(5),
    /** Sends a message on a link that it has sent there twice already. */
    REPLAYS_MESSAGE(20),
    /** Says nothing new of its users in one frame, as every server does whose link came back. */
    REPEATS_PRESENCE(20, true),
    /** Changes what it said of its users: no offence at all, unless it never ends. */
    CHANGES_PRESENCE(1, true),
    /** Sends what is no envelope, or an envelope without what its type demands. */
    MALFORMED(10),
    /** Sends types that we do not know, or that no server sends. */
    UNKNOWN_TYPE(10),
    /** Names more users than one server may have. */
    TOO_MANY_USERS(10),
    /**
     * Names in one frame, as linked with it, more servers than we try to reach on the word of one.
     * Whoever comes and goes at an honest relay decides how many that are, so it is counted by
     * frames; and what it has heard of others is no offence at all.
     */
    TOO_MANY_SERVERS(100);

    private final int weight;
    private final boolean isDaily;

    Offence(int weight) {
        this(weight, false);
    }

    Offence(int weight, boolean isDaily) {
        this.weight = weight;
        this.isDaily = isDaily;
    }

    /** Whether every server does it: then the operator hears only of too much of it. */
    boolean isDaily() {
        return isDaily;
    }

    int weight() {
        return weight;
    }
}
