package io.socp.relay.daemon;

import io.socp.relay.engine.RelayEvent;
import io.socp.relay.time.Ticker;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The orderly end of a relay, up to the closing of its last link. Confined to the thread that runs
 * it, which it blocks; the loops do the work.
 *
 * <p>Each step gives the next one what it needs. The peers know that we go before our users leave,
 * so that they hold back what is for them; the users have left before their links are closed, so
 * that nothing is on its way to them any more; they have shown up elsewhere before messages that
 * wait for them are given up; and the peers have read all before their links are closed.
 */
final class Shutdown {

    /** How many users may come back in a second. */
    static final int RETURNS_PER_SECOND = 2_500;

    /** Within which users come back, however few or many they are. */
    static final Duration WINDOW_MIN = Duration.ofMillis(500);

    static final Duration WINDOW_MAX = Duration.ofSeconds(4);

    /** How long the peers have, at most, to hold back what is for our users, and to say so. */
    static final Duration PEERS_PAUSE_MAX = Duration.ofSeconds(1);

    /** How long what they have sent until then has to be dealt with. */
    static final Duration PEERS_PAUSE = Duration.ofMillis(100);

    /** How long what is on its way to and from a user has, once he has left. */
    static final Duration USERS_PAUSE = Duration.ofMillis(250);

    private static final Duration STEP = Duration.ofMillis(20);

    /**
     * Of the grace, when the users are not waited for any more, when the peers are not, and when
     * their links are not; the rest is for the threads to end.
     */
    private static final double WAITING_PART = 0.7;

    private static final double FLUSHING_PART = 0.85;

    static final double CLOSING_PART = 0.95;

    private final Scene scene;
    private final Ticker ticker;
    private final Duration grace;

    /** What is still there, and whom to tell. */
    interface Scene {

        void tell(RelayEvent event);

        /** Links to anyone but peers. */
        int users();

        /** Links to peers. */
        int peers();

        /** Peers that were told that we go, and have not answered. */
        int unheard();

        /** Frames that were taken and are not carried out yet. */
        long underWay();

        /** Messages that wait for users who have left, and reports that wait for their authors. */
        int waiting();

        /** Frames that a peer has not confirmed. */
        long unconfirmed();

        /** Lets time pass. */
        void pause(Duration span);
    }

    /**
     * What could not be brought, all in all.
     *
     * @param waiting messages for users who have left, and have not come back anywhere
     * @param unconfirmed frames that no peer has confirmed; they may have arrived
     * @param open links that were still open
     */
    record Left(int waiting, long unconfirmed, int open) {

        boolean isNothing() {
            return waiting == 0 && unconfirmed == 0 && open == 0;
        }
    }

    Shutdown(Scene scene, Ticker ticker, Duration grace) {
        this.scene = scene;
        this.ticker = ticker;
        this.grace = grace;
    }

    Left run() {
        long beginNs = ticker.now().ns();
        boolean hasPeers = scene.peers() > 0;
        scene.tell(new RelayEvent.Leave());
        if (hasPeers) {
            scene.pause(STEP);
            long answerNs = beginNs + atMostTenth(PEERS_PAUSE_MAX).toNanos();
            await(answerNs, () -> scene.unheard() == 0);
            scene.pause(atMostTenth(PEERS_PAUSE));
        }
        if (scene.users() > 0) {
            scene.tell(new RelayEvent.Dismiss(window(scene.users())));
            scene.pause(atMostTenth(USERS_PAUSE));
            scene.tell(new RelayEvent.PartWithUsers());
        }
        long waitingNs = part(beginNs, WAITING_PART);
        await(waitingNs, () -> scene.users() == 0);
        if (hasPeers) {
            await(waitingNs, () -> scene.waiting() == 0 && scene.underWay() == 0);
        }
        int waiting = scene.waiting();
        scene.tell(new RelayEvent.StopExpecting());
        long flushingNs = part(beginNs, FLUSHING_PART);
        // In the order in which one becomes the other.
        await(
                flushingNs,
                () -> scene.waiting() == 0 && scene.underWay() == 0 && scene.unconfirmed() == 0);
        long unconfirmed = scene.unconfirmed();
        scene.tell(new RelayEvent.PartWithPeers());
        await(part(beginNs, CLOSING_PART), () -> scene.peers() == 0);
        return new Left(waiting, unconfirmed, scene.users() + scene.peers());
    }

    /** Within which so many users shall come back. */
    private Duration window(int users) {
        Duration wanted = Duration.ofMillis(users * 1_000L / RETURNS_PER_SECOND);
        Duration half = grace.dividedBy(2);
        Duration most = half.compareTo(WINDOW_MAX) < 0 ? half : WINDOW_MAX;
        if (wanted.compareTo(WINDOW_MIN) < 0) {
            wanted = WINDOW_MIN;
        }
        return wanted.compareTo(most) < 0 ? wanted : most;
    }

    private Duration atMostTenth(Duration span) {
        Duration tenth = grace.dividedBy(10);
        return span.compareTo(tenth) < 0 ? span : tenth;
    }

    private long part(long beginNs, double part) {
        return beginNs + (long) (grace.toNanos() * part);
    }

    private void await(long untilNs, BooleanSupplier condition) {
        while (!condition.getAsBoolean() && ticker.now().ns() - untilNs < 0) {
            scene.pause(STEP);
        }
    }
}
