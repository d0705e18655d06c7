package io.socp.relay.daemon.deliver;

import io.socp.relay.daemon.link.Inbox;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.Link.FrameFate;
import io.socp.relay.daemon.offload.Lane;
import io.socp.relay.daemon.offload.Urgency;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.Complaint;
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
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.Priority;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one link's frames: cheap checks here, RSA on the pool, effects in the order of
 * arrival. Event-loop confined to the link's loop.
 *
 * <p>Every frame takes the lane while others are in it, also one that needs no RSA: the answer to a
 * bad frame must not overtake the answer to a good one before it.
 */
@EventLoopConfined
public final class FrameIntake implements Inbox {

    private static final Logger LOG = LoggerFactory.getLogger(FrameIntake.class);

    /** A frame in flight counts as one for each such many bytes begun: 64 frames are 1 MiB. */
    static final int BYTES_PER_COUNT = 16 * 1024;

    /** A peer's sign of life is passed on to the mesh at most this often. */
    private static final long HEARD_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** Of so many frames on one way, one is timed. */
    private static final int FRAMES_PER_TIMING = 16;

    /** Longer than a lost link's users are kept: what comes later was told before. */
    private static final Duration NEWS_MAX = Duration.ofSeconds(30);

    private final Link link;
    private final Lane lane;
    private final Context context;

    private final FrameToll toll;

    /** Of a peer that has sent something too early; most links never do. */
    private @Nullable EarlyFrames early;

    /** Of one who has written to somebody who is away; null for most. */
    private @Nullable AwaitingFrames awaiting;

    private int inFlight;
    private int handedOver;
    private int malformed;
    private long lastHeardNs;
    private boolean closed;

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
            IntakeBounds bounds) {

        public Context(
                DataPath dataPath,
                Courier courier,
                Ticker ticker,
                FrameWatch watch,
                Consumer<RelayEvent> control,
                int malformedMax,
                IntakeBounds bounds) {
            this(
                    dataPath,
                    courier,
                    ticker,
                    watch,
                    control,
                    malformedMax,
                    new WaitingRoom(),
                    bounds);
        }
    }

    public FrameIntake(Link link, Lane lane, Context context) {
        this.link = link;
        this.lane = lane;
        this.context = context;
        Moment now = context.ticker.now();
        this.lastHeardNs = now.ns() - HEARD_INTERVAL_NS;
        this.toll = new FrameToll(link, context.bounds, now.ns());
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
        finish("", 0, () -> outcome, now);
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
        finish("", 0, () -> outcome, now);
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public void onFarewell() {
        afterAllBefore(() -> {
            if (!closed) {
                link.close(CloseReason.NORMAL, "goodbye");
            }
        });
    }

    @Override
    public void onPart(Runnable close) {
        afterAllBefore(close);
    }

    /** The control plane hears of it last: a hello still in flight must not outlive its link. */
    @Override
    public void onClosed() {
        closed = true;
        afterAllBefore(() -> context.control.accept(new RelayEvent.LinkClosed(link.id())));
    }

    private void afterAllBefore(Runnable task) {
        lane.submit(() -> Boolean.TRUE, _ -> task.run(), task);
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
                    end(envelope, untimely.outcome(), now);
                } else if (!isLookDue) {
                    lookAgainLater(waiting);
                }
            }
            case Intake.Waiting waiting -> {
                if (!awaiting().hold(waiting, identity)) {
                    work(envelope, waiting.vetted(), identity, now);
                }
            }
            case Intake.Work(Vetted vetted) -> {
                if (awaiting != null) {
                    // He may have come since the last look: what was said first comes first.
                    awaiting.release();
                }
                if (early != null && early.has(envelope.from())) {
                    lookAgain(early, now);
                }
                work(envelope, vetted, identity, now);
            }
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
        finish(envelope.type(), 0, () -> outcome, now);
    }

    private void lookAgainLater(EarlyFrames waiting) {
        isLookDue = true;
        var _ =
                link.loop()
                        .schedule(
                                () -> {
                                    isLookDue = false;
                                    lookAgain(waiting, context.ticker.now());
                                    if (!waiting.isEmpty()) {
                                        lookAgainLater(waiting);
                                    }
                                },
                                EarlyFrames.INTERVAL.toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    private AwaitingFrames awaiting() {
        AwaitingFrames frames = awaiting;
        if (frames == null) {
            frames =
                    new AwaitingFrames(
                            context.room,
                            link.loop(),
                            user -> context.dataPath.isAwaited(user, context.ticker.now()),
                            this::workLate);
            awaiting = frames;
        }
        return frames;
    }

    /** Its author may be elsewhere by now: then an ERROR on this link reaches nobody. */
    private void workLate(AwaitingFrames.Held late) {
        Moment now = context.ticker.now();
        Intake.Waiting frame = late.frame();
        boolean isAlone = closed && late.identity() instanceof LinkIdentity.User;
        var lost = new RelayEvent.Undelivered(new Complaint(frame.author(), frame.recipient()));
        finish(
                frame.vetted().envelope().type(),
                late.length(),
                () -> {
                    Outcome outcome =
                            context.dataPath.process(
                                    frame.vetted(), link.id(), late.identity(), now);
                    return isAlone && outcome.verdict() == Verdict.UNDELIVERABLE
                            ? new Outcome(outcome.verdict(), List.of(new RelayEffect.Post(lost)))
                            : outcome;
                },
                now);
    }

    private void lookAgain(EarlyFrames waiting, Moment now) {
        LinkIdentity identity = link.identity();
        for (EarlyFrames.Held frame : waiting.takeAll()) {
            Envelope envelope = frame.envelope();
            switch (context.dataPath.intake(envelope, link.id(), identity, now)) {
                case Intake.Ended(Outcome outcome) -> end(envelope, outcome, now);
                case Intake.Early _ when frame.isOver(now) -> end(envelope, frame.outcome(), now);
                case Intake.Early _ -> waiting.putBack(frame);
                case Intake.Waiting(Vetted vetted, _, _) -> work(envelope, vetted, identity, now);
                case Intake.Work(Vetted vetted) -> work(envelope, vetted, identity, now);
            }
        }
    }

    private void end(Envelope envelope, Outcome outcome, Moment now) {
        finish(envelope.type(), envelope.bytes().length, () -> outcome, now);
        if (outcome.verdict() == Verdict.MALFORMED) {
            strike(CloseReason.POLICY);
        }
    }

    private void work(Envelope envelope, Vetted vetted, LinkIdentity identity, Moment now) {
        Supplier<Outcome> work =
                () -> {
                    Outcome outcome =
                            context.bounds
                                    .shedding()
                                    .ofPeer(
                                            context.dataPath.process(
                                                    vetted, link.id(), identity, now),
                                            envelope.type(),
                                            identity);
                    if (isNews(envelope, identity, now) && outcome.verdict() == Verdict.ACCEPTED) {
                        context.watch.onGossip(Math.max(0, now.epochMs() - envelope.ts()));
                    }
                    return outcome;
                };
        if (vetted.isProvenByLink() && lane.inFlight() == 0) {
            workAtOnce(envelope, work, now);
        } else {
            finish(envelope.type(), envelope.bytes().length, work, now);
        }
    }

    /**
     * There is nothing to verify and nobody to overtake: handing it to a worker and back would cost
     * more than the work. Where it turns out that something is to be signed, a worker does that.
     */
    private void workAtOnce(Envelope envelope, Supplier<Outcome> work, Moment now) {
        Outcome outcome;
        try {
            outcome = work.get();
        } catch (RuntimeException bug) {
            LOG.error("a frame of type {} failed", envelope.type(), bug);
            onBug(envelope.type());
            return;
        }
        if (!hasError(outcome.effects()) && context.courier.isReady(outcome.effects())) {
            onOutcome(envelope.type(), outcome, now);
        } else {
            finish(envelope.type(), envelope.bytes().length, () -> outcome, now);
        }
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

    /** Sends the frame through the lane: {@code work} and signing on a worker, effects here. */
    private void finish(String type, int bytes, Supplier<Outcome> work, Moment now) {
        int count = 1 + bytes / BYTES_PER_COUNT;
        inFlight += count;
        lane.submit(
                Priority.of(type) == Priority.FILE ? Urgency.FILE : Urgency.TALK,
                () -> {
                    Outcome outcome = withinErrorBudget(work.get(), now);
                    context.courier.prepare(outcome.effects());
                    return outcome;
                },
                outcome -> {
                    inFlight -= count;
                    onOutcome(type, outcome, now);
                },
                () -> {
                    inFlight -= count;
                    onBug(type);
                });
    }

    /** An ERROR costs us a signature: who earns too many goes without. */
    private Outcome withinErrorBudget(Outcome outcome, Moment now) {
        if (!hasError(outcome.effects())) {
            return outcome;
        }
        List<RelayEffect> affordable =
                outcome.effects().stream()
                        .filter(effect ->
                                !(effect instanceof RelayEffect.SendError)
                                        || link.errorBudget().tryTake(now.ns()))
                        .toList();
        return new Outcome(outcome.verdict(), affordable);
    }

    private static boolean hasError(List<RelayEffect> effects) {
        for (RelayEffect effect : effects) {
            if (effect instanceof RelayEffect.SendError) {
                return true;
            }
        }
        return false;
    }

    private void onOutcome(String type, Outcome outcome, Moment now) {
        context.watch.onFrame(type, outcome.verdict());
        if (outcome.verdict() == Verdict.UNVERIFIED) {
            toll.onUnverified(link.identity(), now.ns());
        }
        // Also when the link is closed by now: whoever says something and leaves has said it.
        context.courier.carryOut(outcome.effects(), now);
        time(outcome, now);
        if (closed) {
            return;
        }
        link.onFrameDone(isPending(outcome.effects()) ? FrameFate.PENDING : FrameFate.FINISHED);
        if (outcome.verdict() == Verdict.ACCEPTED) {
            heard(now);
        }
    }

    private static boolean isPending(List<RelayEffect> effects) {
        for (RelayEffect effect : effects) {
            if (effect instanceof RelayEffect.Post) {
                return true;
            }
        }
        return false;
    }

    /** One of some frames for a user here, from when it was read until it was given to the kernel. */
    private void time(Outcome outcome, Moment readAt) {
        for (RelayEffect effect : outcome.effects()) {
            if (effect instanceof RelayEffect.HandOver(var to, _, _) && isTimed(handedOver++)) {
                context.courier.onceFlushed(
                        to,
                        () ->
                                context.watch.onRelayed(
                                        FrameWatch.Destination.USER,
                                        context.ticker.now().ns() - readAt.ns()));
            }
        }
    }

    /** Whether the frame of this number is timed: the first, and then one of some. */
    static boolean isTimed(int number) {
        return number % FRAMES_PER_TIMING == 0;
    }

    @Override
    public void onSignOfLife() {
        heard(context.ticker.now());
    }

    private void heard(Moment now) {
        boolean isPeer = link.identity() instanceof LinkIdentity.Server;
        if (isPeer && now.ns() - lastHeardNs >= HEARD_INTERVAL_NS) {
            lastHeardNs = now.ns();
            context.control.accept(new RelayEvent.LinkHeard(link.id()));
        }
    }

    private void onBug(String type) {
        context.watch.onFrame(type, Verdict.REFUSED);
        if (!closed) {
            link.close(CloseReason.GOING_AWAY, "internal error");
        }
    }

    /** Takes the lane as well: the close must follow the error that explains it. */
    private void strike(CloseReason reason) {
        malformed++;
        if (malformed == context.malformedMax) {
            List<RelayEffect> close =
                    List.of(
                            new RelayEffect.Close(
                                    link.id(), reason, malformed + " malformed frames"));
            lane.submit(() -> close, context.courier::carryOut, () -> onBug(""));
        }
    }
}
