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

    /** Lets go of what its author has said to the same reader before, if it need not wait. */
    void releaseBefore(Vetted next) {
        Complaint personal = frames == null ? null : dataPath.absences().personal(next);
        if (personal != null) {
            frames().release(personal.recipient());
        }
    }

    /**
     * What is to be done about a message whose way is decided. Its reader's relay may have said
     * meanwhile that it goes: what is sent there now could come too late, and would not come back.
     * Its author's link may have ended meanwhile: an ERROR there reaches nobody, and he may be
     * elsewhere. Null where it waits on.
     */
    @Nullable Outcome lastLook(Vetted vetted, LinkIdentity identity, Outcome outcome) {
        boolean isUsers = identity instanceof LinkIdentity.User;
        boolean isUndeliverable = outcome.verdict() == Verdict.UNDELIVERABLE;
        if (!isUndeliverable && !(isUsers && outcome.verdict() == Verdict.ACCEPTED)) {
            return outcome;
        }
        if (dataPath.absences()
                .tooLate(vetted, ticker.now())
                .filter(waiting -> frames().holdBack(waiting, identity))
                .isPresent()) {
            dataPath.absences().heldBack(vetted);
            return null;
        }
        Complaint personal =
                isUsers && isUndeliverable && link.isClosing()
                        ? dataPath.absences().personal(vetted)
                        : null;
        return personal == null
                ? outcome
                : new Outcome(
                        Verdict.UNDELIVERABLE,
                        List.of(new RelayEffect.Post(new RelayEvent.Undelivered(personal))));
    }

    /** Routes what has waited; on a worker. */
    Outcome process(AwaitingFrames.Held late, Moment now) {
        Vetted vetted = late.frame().vetted();
        return late.isProcessed()
                ? dataPath.processAgain(vetted, link.id(), now)
                : dataPath.process(vetted, link.id(), late.identity(), now);
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
