package io.socp.relay.daemon.deliver;

import io.socp.relay.daemon.link.Link;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.limit.AddressAccount;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.LimitOptions.Frames;
import io.socp.relay.limit.Rate;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.Priority;
import io.socp.relay.verify.LinkIdentity;
import org.jspecify.annotations.Nullable;

/**
 * What one link has used of what it may send. Event-loop confined to the link's loop; costs no RSA,
 * no allocation and, but for one frame of {@link #LOT}, nothing that other links share.
 *
 * <p>A user who sends too much loses the frames beyond it and is told so, and who goes on loses the
 * link. A peer's frames are others' messages: it loses none, but is read more slowly.
 */
@EventLoopConfined
final class FrameToll {

    /**
     * Frames taken from the address's budget at once, so that its links need not meet each time.
     */
    static final int LOT = 32;

    /**
     * Frames beyond the limit until the link is closed, and how soon one is forgotten: 10 a second.
     */
    static final Rate STRIKES = new Rate(1_000, 100_000_000);

    /**
     * Frames of a peer that one counts for whose signature does not hold: it costs us more, and is
     * no offence of a peer that passes it on for others.
     */
    static final int FORGERY = 100;

    private final Link link;
    private final IntakeBounds bounds;

    /** When all would be there again, as {@link Rate} has it. */
    private long messagesFullNs;

    private long requestsFullNs;
    private long strikesFullNs;

    /** Left of the lot taken last. */
    private int left;

    private boolean closed;

    /** What becomes of a frame. */
    enum Passage {
        /** It goes its way. */
        FREE,
        /** Too much of its sender. */
        OVER(Verdict.LIMITED, "too many frames in too short a time, not taken", null),
        /** Too much, for too long. */
        LAST(Verdict.LIMITED, "too many frames, again and again", CloseReason.POLICY),
        /** There is no room for it. */
        SHED(Verdict.SHED, "the relay is short of memory, not taken", null),
        /** There is no room for its sender. */
        FULL(Verdict.SHED, "the relay is short of memory, come back later", CloseReason.TRY_LATER),
        /** It came behind the last one. */
        CLOSED;

        private final Verdict verdict;
        private final String says;
        private final @Nullable CloseReason close;

        Passage() {
            this(Verdict.ACCEPTED, "", null);
        }

        Passage(Verdict verdict, String says, @Nullable CloseReason close) {
            this.verdict = verdict;
            this.says = says;
            this.close = close;
        }

        Verdict verdict() {
            return verdict;
        }

        String says() {
            return says;
        }

        @Nullable CloseReason close() {
            return close;
        }
    }

    FrameToll(Link link, IntakeBounds bounds, long nowNs) {
        this.link = link;
        this.bounds = bounds;
        this.messagesFullNs = nowNs;
        this.requestsFullNs = nowNs;
        this.strikesFullNs = nowNs;
    }

    /** A frame of this type has come. */
    Passage pass(String type, LinkIdentity identity, long nowNs) {
        if (closed) {
            return Passage.CLOSED;
        }
        LimitOptions limits = bounds.limits().now();
        if (isPeer(identity)) {
            takePeers(limits.frames().peer(), 1, nowNs);
            return Passage.FREE;
        }
        if (bounds.shedding().sheds(type, identity)) {
            return identity instanceof LinkIdentity.Stranger ? lastly(Passage.FULL) : Passage.SHED;
        }
        if (takes(type, limits.frames(), nowNs)) {
            return Passage.FREE;
        }
        long next = STRIKES.take(strikesFullNs, 1, nowNs);
        if (next == Rate.NOT_ENOUGH) {
            return lastly(Passage.LAST);
        }
        strikesFullNs = next;
        return Passage.OVER;
    }

    private Passage lastly(Passage last) {
        closed = true;
        return last;
    }

    /** A frame of this link was verified in vain. Peers are judged by their conduct. */
    void onUnverified(LinkIdentity identity, long nowNs) {
        LimitOptions limits = bounds.limits().now();
        if (isPeer(identity)) {
            takePeers(limits.frames().peer(), FORGERY, nowNs);
            return;
        }
        AddressAccount account = link.arrival().account();
        if (account != null && !account.tryFailure(limits.misuse().failures(), nowNs)) {
            bounds.forger().accept(account);
        }
    }

    private static boolean isPeer(LinkIdentity identity) {
        return identity instanceof LinkIdentity.Server
                || identity instanceof LinkIdentity.Introducer;
    }

    private boolean takes(String type, Frames rates, long nowNs) {
        boolean isMessage = Priority.of(type) != Priority.CONTROL;
        long next =
                isMessage
                        ? rates.messages().take(messagesFullNs, 1, nowNs)
                        : rates.requests().take(requestsFullNs, 1, nowNs);
        if (next == Rate.NOT_ENOUGH || !takesOfAddress(rates.address(), nowNs)) {
            return false;
        }
        if (isMessage) {
            messagesFullNs = next;
        } else {
            requestsFullNs = next;
        }
        return true;
    }

    private boolean takesOfAddress(Rate rate, long nowNs) {
        AddressAccount account = link.arrival().account();
        if (account == null) {
            return true;
        }
        if (left == 0) {
            int lot = Math.min(LOT, rate.burst());
            if (!account.tryFrames(rate, lot, nowNs)) {
                return false;
            }
            left = lot;
        }
        left--;
        return true;
    }

    /** On credit: what is read already is not lost, but reading waits until it is paid. */
    private void takePeers(Rate rate, int count, long nowNs) {
        messagesFullNs = rate.takeAll(messagesFullNs, count, nowNs);
        long owedNs = rate.owedNs(messagesFullNs, nowNs);
        if (owedNs > 0) {
            link.rest(owedNs);
        }
    }
}
