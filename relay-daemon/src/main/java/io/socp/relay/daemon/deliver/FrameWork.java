package io.socp.relay.daemon.deliver;

import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.Link.FrameFate;
import io.socp.relay.daemon.offload.Lane;
import io.socp.relay.daemon.offload.Urgency;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.Outcome;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.Priority;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done about one link's frames: RSA and signing on the pool, effects on the link's loop in
 * the order of arrival. Event-loop confined to that loop.
 *
 * <p>Every frame takes the lane while others are in it, also one that needs no RSA: the answer to a
 * bad frame must not overtake the answer to a good one before it.
 */
@EventLoopConfined
final class FrameWork {

    private static final Logger LOG = LoggerFactory.getLogger(FrameWork.class);

    /** A frame in flight counts as one for each such many bytes begun: 64 frames are 1 MiB. */
    static final int BYTES_PER_COUNT = 16 * 1024;

    /** A peer's sign of life is passed on to the mesh at most this often. */
    private static final long HEARD_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** Of so many frames on one way, one is timed. */
    private static final int FRAMES_PER_TIMING = 16;

    private final Link link;
    private final Lane lane;
    private final FrameIntake.Context context;
    private final FrameToll toll;
    private int inFlight;
    private int handedOver;
    private long lastHeardNs;
    private boolean closed;

    /** What is to be done after all, decided on the link's loop; null where the frame waits on. */
    interface LastLook {

        @Nullable Outcome at(Outcome outcome);
    }

    FrameWork(Link link, Lane lane, FrameIntake.Context context, FrameToll toll) {
        this.link = link;
        this.lane = lane;
        this.context = context;
        this.toll = toll;
        this.lastHeardNs = context.ticker().now().ns() - HEARD_INTERVAL_NS;
    }

    /** Frames submitted and not done, large ones counted as several. */
    int inFlight() {
        return inFlight;
    }

    /** Whether nothing is under way that could be overtaken. */
    boolean isIdle() {
        return lane.inFlight() == 0;
    }

    /** The link is no more; what is under way is still carried out. */
    void linkClosed() {
        closed = true;
    }

    boolean isLinkClosed() {
        return closed;
    }

    /** Closes the link behind all that is under way: the close must follow what explains it. */
    void close(List<RelayEffect> close) {
        lane.submit(() -> close, context.courier()::carryOut, () -> onBug(""));
    }

    /** Runs it on the link's loop behind all that is under way. */
    void afterAllBefore(Runnable task) {
        lane.submit(() -> Boolean.TRUE, _ -> task.run(), task);
    }

    /**
     * Carries out at once what needs no RSA, while nobody can be overtaken: handing it to a worker
     * and back would cost more than the work. Where it turns out that something is to be signed, a
     * worker does that.
     */
    void doNow(Envelope envelope, Supplier<Outcome> work, LastLook lastLook, Moment now) {
        try {
            Outcome outcome = work.get();
            if (!hasError(outcome.effects()) && context.courier().isReady(outcome.effects())) {
                onOutcome(envelope.type(), lastLook.at(outcome), now);
            } else {
                submit(envelope.type(), envelope.bytes().length, () -> outcome, lastLook, now);
            }
        } catch (RuntimeException | Error bug) {
            LOG.error("a frame of type {} failed", envelope.type(), bug);
            onBug(envelope.type());
        }
    }

    /** Sends the frame through the lane: {@code work} and signing on a worker, effects here. */
    void submit(String type, int bytes, Supplier<Outcome> work, Moment now) {
        submit(type, bytes, work, outcome -> outcome, now);
    }

    /** The same, with a last look on the link's loop at what came of it. */
    void submit(String type, int bytes, Supplier<Outcome> work, LastLook lastLook, Moment now) {
        int count = 1 + bytes / BYTES_PER_COUNT;
        inFlight += count;
        context.room().onTaken();
        lane.submit(
                Priority.of(type) == Priority.FILE ? Urgency.FILE : Urgency.TALK,
                () -> {
                    Outcome outcome = withinErrorBudget(work.get(), now);
                    context.courier().prepare(outcome.effects());
                    return outcome;
                },
                outcome -> {
                    inFlight -= count;
                    try {
                        onOutcome(type, lastLook.at(outcome), now);
                    } catch (RuntimeException bug) {
                        // Else the link would wait for ever for the frame to be done.
                        LOG.error("a frame of type {} failed on its loop", type, bug);
                        onBug(type);
                    } finally {
                        context.room().onDone();
                    }
                },
                () -> {
                    inFlight -= count;
                    context.room().onDone();
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

    private void onOutcome(String type, @Nullable Outcome outcome, Moment now) {
        if (outcome == null) {
            // It is counted when it goes its way.
            if (!closed) {
                link.onFrameDone(FrameFate.FINISHED);
            }
            return;
        }
        context.watch().onFrame(type, outcome.verdict());
        if (outcome.verdict() == Verdict.UNVERIFIED) {
            toll.onUnverified(link.identity(), now.ns());
        }
        // Also when the link is closed by now: whoever says something and leaves has said it.
        context.courier().carryOut(outcome.effects(), now);
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

    /**
     * One of some frames for a user here, from when it was read until it was given to the kernel.
     */
    private void time(Outcome outcome, Moment readAt) {
        for (RelayEffect effect : outcome.effects()) {
            if (effect instanceof RelayEffect.HandOver(var to, _, _) && isTimed(handedOver++)) {
                context.courier()
                        .onceFlushed(
                                to,
                                () ->
                                        context.watch()
                                                .onRelayed(
                                                        FrameWatch.Destination.USER,
                                                        context.ticker().now().ns() - readAt.ns()));
            }
        }
    }

    /** Whether the frame of this number is timed: the first, and then one of some. */
    static boolean isTimed(int number) {
        return number % FRAMES_PER_TIMING == 0;
    }

    /** The other end is alive: the mesh wants to know that of peers. */
    void heard(Moment now) {
        boolean isPeer = link.identity() instanceof LinkIdentity.Server;
        if (isPeer && now.ns() - lastHeardNs >= HEARD_INTERVAL_NS) {
            lastHeardNs = now.ns();
            context.control().accept(new RelayEvent.LinkHeard(link.id()));
        }
    }

    private void onBug(String type) {
        context.watch().onFrame(type, Verdict.REFUSED);
        if (!closed) {
            link.close(CloseReason.GOING_AWAY, "internal error");
        }
    }
}
