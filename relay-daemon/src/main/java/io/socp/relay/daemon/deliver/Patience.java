package io.socp.relay.daemon.deliver;

import io.socp.relay.daemon.link.Link;
import io.socp.relay.engine.Complaint;
import io.socp.relay.engine.DataPath;
import io.socp.relay.engine.Intake;
import io.socp.relay.engine.Outcome;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import io.socp.relay.time.Ticker;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Vetted;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one link's author says to users who are away for a moment: it waits, and then goes its way.
 * Event-loop confined to the link's loop, but for {@link #process}.
 */
@EventLoopConfined
final class Patience {

    private final DataPath dataPath;
    private final Link link;
    private final Ticker ticker;
    private final WaitingRoom room;
    private final Consumer<AwaitingFrames.Held> released;

    /** Null for most: nobody they write to is away. */
    private @Nullable AwaitingFrames frames;

    /**
     * For one link.
     *
     * @param released takes what need not wait any more
     */
    Patience(
            DataPath dataPath,
            Link link,
            Ticker ticker,
            WaitingRoom room,
            Consumer<AwaitingFrames.Held> released) {
        this.dataPath = dataPath;
        this.link = link;
        this.ticker = ticker;
        this.room = room;
        this.released = released;
    }

    /** Whether there is room for it to wait. */
    boolean hold(Intake.Waiting waiting, LinkIdentity identity) {
        return frames().hold(waiting, identity);
    }

    /** Lets go of what need not wait any more. */
    void release() {
        if (frames != null) {
            frames.release();
        }
    }

    /**
     * What is to be done about a message whose way is decided. Its reader's relay may have said
     * meanwhile that it goes: what is sent there now could come too late, and would not come back.
     */
    Outcome lastLook(Vetted vetted, LinkIdentity identity, Outcome outcome) {
        boolean isUsers = identity instanceof LinkIdentity.User;
        boolean isDecided =
                outcome.verdict() == Verdict.UNDELIVERABLE
                        || (isUsers && outcome.verdict() == Verdict.ACCEPTED);
        return isDecided
                        && dataPath.absences()
                                .tooLate(vetted, ticker.now())
                                .filter(waiting -> frames().holdBack(waiting, identity))
                                .isPresent()
                ? new Outcome(Verdict.ACCEPTED, List.of())
                : outcome;
    }

    /**
     * Routes what has waited; on a worker.
     *
     * @param isAlone whether its author's link is closed: an ERROR there reaches nobody, and he may
     *     be elsewhere by now
     */
    Outcome process(AwaitingFrames.Held late, boolean isAlone, Moment now) {
        Vetted vetted = late.frame().vetted();
        Outcome outcome =
                late.isProcessed()
                        ? dataPath.processAgain(vetted, link.id(), now)
                        : dataPath.process(vetted, link.id(), late.identity(), now);
        if (!isAlone
                || outcome.verdict() != Verdict.UNDELIVERABLE
                || !(late.identity() instanceof LinkIdentity.User)) {
            return outcome;
        }
        var complaint = new Complaint(late.frame().author(), late.frame().recipient());
        RelayEvent lost = new RelayEvent.Undelivered(complaint);
        return new Outcome(outcome.verdict(), List.of(new RelayEffect.Post(lost)));
    }

    private AwaitingFrames frames() {
        AwaitingFrames known = frames;
        if (known == null) {
            known =
                    new AwaitingFrames(
                            room,
                            link.loop(),
                            user -> dataPath.absences().isAwaited(user, ticker.now()),
                            released);
            frames = known;
        }
        return known;
    }
}
