package io.socp.relay.daemon.deliver;

import io.socp.relay.daemon.link.Inbox;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.offload.Lane;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.DataPath;
import io.socp.relay.engine.Intake;
import io.socp.relay.engine.Outcome;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Decoding;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import io.socp.relay.time.Ticker;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Vetted;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where one link's frames come in: what can be decided cheaply is decided here, and all of them
 * take their turn in {@link FrameWork}. Event-loop confined to the link's loop.
 */
@EventLoopConfined
public final class FrameIntake implements Inbox {

    /** Longer than a lost link's users are kept: what comes later was told before. */
    private static final Duration NEWS_MAX = Duration.ofSeconds(30);

    private final Link link;
    private final Context context;
    private final FrameToll toll;
    private final FrameWork work;

    /** Of a peer that has sent something too early; most links never do. */
    private @Nullable EarlyFrames early;

    /** Of one who writes while somebody is away. */
    private @Nullable Patience patience;

    private int malformed;

    /** At most one look at a time is to come, whatever comes and goes meanwhile. */
    private boolean isLookDue;

    /**
     * What all links share.
     *
     * @param control tells the control plane
     * @param malformedMax frames that are no envelope before the link is closed
     * @param room where frames wait for users who are away
     * @param bounds on what links may send
     */
    public record Context(
            DataPath dataPath,
            Courier courier,
            Ticker ticker,
            FrameWatch watch,
            Consumer<RelayEvent> control,
            int malformedMax,
            WaitingRoom room,
            IntakeBounds bounds) {}

    public FrameIntake(Link link, Lane lane, Context context) {
        this.link = link;
        this.context = context;
        this.toll = new FrameToll(link, context.bounds, context.ticker.now().ns());
        this.work = new FrameWork(link, lane, context, toll);
    }

    @Override
    public void onFrame(Decoding decoding) {
        if (malformed >= context.malformedMax) {
            // The close is on its way through the lane: what comes after the last straw is void.
            return;
        }
        Moment now = context.ticker.now();
        switch (decoding) {
            case Decoded(Envelope envelope) -> onEnvelope(envelope, now);
            case DecodeFailure failure -> onFailure(failure, now);
        }
    }

    private void onFailure(DecodeFailure failure, Moment now) {
        Outcome outcome = context.dataPath.undecodable(failure, link.id(), link.identity(), now);
        work.submit("", 0, () -> outcome, now);
        boolean isTooBig =
                switch (failure) {
                    case DecodeFailure.BrokenNotice(var why) ->
                            why instanceof DecodeFailure.LimitExceeded;
                    case DecodeFailure any -> any instanceof DecodeFailure.LimitExceeded;
                };
        if (isTooBig || outcome.verdict() == Verdict.MALFORMED) {
            strike(isTooBig ? CloseReason.TOO_BIG : CloseReason.POLICY);
        }
    }

    @Override
    public void onSilence(String detail) {
        Moment now = context.ticker.now();
        Outcome outcome = context.dataPath.silent(detail, link.id(), now);
        work.submit("", 0, () -> outcome, now);
    }

    @Override
    public int inFlight() {
        return work.inFlight();
    }

    @Override
    public void onFarewell() {
        work.afterAllBefore(() -> {
            if (!work.isLinkClosed()) {
                link.close(CloseReason.NORMAL, "goodbye");
            }
        });
    }

    @Override
    public void onPart(Runnable close) {
        work.afterAllBefore(close);
    }

    /** The control plane hears of it last: a hello still in flight must not outlive its link. */
    @Override
    public void onClosed() {
        work.linkClosed();
        work.afterAllBefore(() -> context.control.accept(new RelayEvent.LinkClosed(link.id())));
    }

    private void onEnvelope(Envelope envelope, Moment now) {
        LinkIdentity identity = link.identity();
        FrameToll.Passage passage = toll.pass(envelope.type(), identity, now.ns());
        if (passage != FrameToll.Passage.FREE) {
            if (passage != FrameToll.Passage.CLOSED) {
                turnAway(envelope, passage, identity, now);
            }
            return;
        }
        switch (context.dataPath.intake(envelope, link.id(), identity, now)) {
            case Intake.Ended(Outcome outcome) -> end(envelope, outcome, now);
            case Intake.Early untimely -> {
                EarlyFrames waiting = early == null ? new EarlyFrames() : early;
                early = waiting;
                if (!waiting.hold(envelope, untimely, now)) {
                    end(envelope, inVain(untimely, envelope, identity, now), now);
                } else {
                    context.room.onTaken();
                    if (!isLookDue) {
                        lookAgainLater(waiting);
                    }
                }
            }
            case Intake.Waiting waiting -> await(envelope, waiting, identity, now);
            case Intake.Work(Vetted vetted) -> {
                if (patience != null) {
                    // He may have come since the last look: what was said first comes first.
                    patience.releaseBefore(vetted);
                }
                if (early != null && early.has(envelope.from())) {
                    lookAgain(early, now);
                }
                proceed(envelope, vetted, identity, now);
            }
        }
    }

    private void await(
            Envelope envelope, Intake.Waiting waiting, LinkIdentity identity, Moment now) {
        if (!patience().hold(waiting, identity)) {
            proceed(envelope, waiting.vetted(), identity, now);
        }
    }

    /** Its bytes are let go; the answer takes its turn. */
    private void turnAway(
            Envelope envelope, FrameToll.Passage passage, LinkIdentity identity, Moment now) {
        Outcome outcome =
                context.dataPath.notTaken(
                        envelope,
                        passage.verdict(),
                        passage.says(),
                        link.id(),
                        identity,
                        passage.close(),
                        now);
        work.submit(envelope.type(), 0, () -> outcome, now);
    }

    private void lookAgainLater(EarlyFrames waiting) {
        isLookDue = true;
        var _ =
                link.loop()
                        .schedule(
                                () -> {
                                    isLookDue = false;
                                    try {
                                        lookAgain(waiting, context.ticker.now());
                                    } finally {
                                        if (!waiting.isEmpty()) {
                                            lookAgainLater(waiting);
                                        }
                                    }
                                },
                                EarlyFrames.INTERVAL.toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    private Patience patience() {
        Patience known = patience;
        if (known == null) {
            known =
                    new Patience(
                            context.dataPath, link, context.ticker, context.room, this::workLate);
            patience = known;
        }
        return known;
    }

    private void workLate(AwaitingFrames.Held late) {
        Moment now = context.ticker.now();
        Vetted vetted = late.frame().vetted();
        Patience known = patience();
        work.submit(
                vetted.envelope().type(),
                late.length(),
                () -> known.process(late, now),
                outcome -> known.lastLook(vetted, late.identity(), outcome),
                now);
    }

    private void lookAgain(EarlyFrames waiting, Moment now) {
        for (int left = waiting.size(); left > 0; left--) {
            EarlyFrames.Held frame = waiting.take();
            boolean isKept = false;
            try {
                isKept = isStillEarly(frame, now);
            } finally {
                if (isKept) {
                    waiting.putBack(frame);
                } else {
                    context.room.onDone();
                }
            }
        }
    }

    /** Whether it must wait on; if not, it goes its way now. */
    private boolean isStillEarly(EarlyFrames.Held frame, Moment now) {
        LinkIdentity identity = link.identity();
        Envelope envelope = frame.envelope();
        switch (context.dataPath.intake(envelope, link.id(), identity, now)) {
            case Intake.Ended(Outcome outcome) -> end(envelope, outcome, now);
            case Intake.Early still when frame.isOver(now) ->
                    end(envelope, inVain(still, envelope, identity, now), now);
            case Intake.Early _ -> {
                return true;
            }
            case Intake.Waiting waiting -> await(envelope, waiting, identity, now);
            case Intake.Work(Vetted vetted) -> proceed(envelope, vetted, identity, now);
        }
        return false;
    }

    private Outcome inVain(
            Intake.Early early, Envelope envelope, LinkIdentity identity, Moment now) {
        return context.dataPath.absences().inVain(early, envelope, identity, now);
    }

    private void end(Envelope envelope, Outcome outcome, Moment now) {
        work.submit(envelope.type(), envelope.bytes().length, () -> outcome, now);
        if (outcome.verdict() == Verdict.MALFORMED) {
            strike(CloseReason.POLICY);
        }
    }

    private void proceed(Envelope envelope, Vetted vetted, LinkIdentity identity, Moment now) {
        FrameWork.LastLook lastLook =
                outcome ->
                        context.dataPath.absences().areNone()
                                        && outcome.verdict() != Verdict.UNDELIVERABLE
                                ? outcome
                                : patience().lastLook(vetted, identity, outcome);
        Supplier<Outcome> process = () -> process(envelope, vetted, identity, now);
        if (work.isIdle() && needsNoWorker(vetted, identity)) {
            work.doNow(envelope, process, lastLook, now);
        } else {
            work.submit(envelope.type(), envelope.bytes().length, process, lastLook, now);
        }
    }

    /**
     * Whether there is most likely no RSA in it: the link proves both what comes and what goes.
     * Never of one who is not known yet, whose frames are taken one by one.
     */
    private static boolean needsNoWorker(Vetted vetted, LinkIdentity identity) {
        return identity.frames() == FrameProof.LINK && vetted.isQuick();
    }

    private Outcome process(Envelope envelope, Vetted vetted, LinkIdentity identity, Moment now) {
        Outcome decided = context.dataPath.process(vetted, link.id(), identity, now);
        Outcome outcome = context.bounds.shedding().ofPeer(decided, envelope.type(), identity);
        if (isNews(envelope, identity, now) && outcome.verdict() == Verdict.ACCEPTED) {
            context.watch.onGossip(Math.max(0, now.epochMs() - envelope.ts()));
        }
        return outcome;
    }

    /**
     * Whether a peer has just written it, or another server just before. Who comes and goes is told
     * of again on new links, as it was signed: what is old is no news.
     */
    private static boolean isNews(Envelope envelope, LinkIdentity identity, Moment now) {
        return identity instanceof LinkIdentity.Server
                && switch (envelope.type()) {
                    case "HEARTBEAT", "PRESENCE_BATCH" -> true;
                    case "USER_ADVERTISE", "USER_REMOVE" ->
                            now.epochMs() - envelope.ts() < NEWS_MAX.toMillis();
                    default -> false;
                };
    }

    @Override
    public void onSignOfLife() {
        work.heard(context.ticker.now());
    }

    /** Takes the lane as well: the close must follow the error that explains it. */
    private void strike(CloseReason reason) {
        malformed++;
        if (malformed == context.malformedMax) {
            List<RelayEffect> close =
                    List.of(
                            new RelayEffect.Close(
                                    link.id(), reason, malformed + " malformed frames"));
            work.close(close);
        }
    }
}
