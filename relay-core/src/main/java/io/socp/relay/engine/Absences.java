package io.socp.relay.engine;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelName;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Vetted;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells messages for those who are away for a moment from all others, and what became of them.
 * Thread-safe.
 */
@ThreadSafe
public final class Absences {

    private final Expected expected;
    private final LiveView view;
    private final Trail trail;

    Absences(Expected expected, LiveView view, Trail trail) {
        this.trail = trail;
        this.expected = expected;
        this.view = view;
    }

    /** Whether there are none, as nearly always. */
    public boolean areNone() {
        return expected.isIdle();
    }

    /** Whether the message, whose way is decided, shall wait after all. */
    public Optional<Intake.Waiting> tooLate(Vetted vetted, Moment now) {
        return waitingOrWork(vetted, now) instanceof Intake.Waiting waiting
                ? Optional.of(waiting)
                : Optional.empty();
    }

    /** Whether messages for this user still wait for him to show up. */
    public boolean isAwaited(UserId user, Moment now) {
        return !areNone() && expected.isAwaited(user, view.locate(user), view.peers(), now);
    }

    /** The message was processed, and its effects are not carried out: it waits after all. */
    public void heldBack(Vetted vetted) {
        trail.holdBack(vetted.message(), vetted.envelope());
    }

    /** What becomes of a frame that has waited in vain for the news of its author, or could not. */
    public Outcome inVain(Intake.Early early, Envelope envelope, LinkIdentity link, Moment now) {
        trail.add(early.message(), envelope, link, early.outcome(), now);
        return early.outcome();
    }

    Intake waitingOrWork(Vetted vetted, Moment now) {
        Complaint personal = areNone() ? null : personal(vetted);
        return personal != null && isAwaited(personal.recipient(), now)
                ? new Intake.Waiting(vetted, personal.author(), personal.recipient())
                : new Intake.Work(vetted);
    }

    /** Who has written a message for one user, and to whom; null for any other message. */
    public @Nullable Complaint personal(Vetted vetted) {
        return switch (vetted.message()) {
            case MsgDirect direct -> personal(direct.author(), direct.to());
            case FilePart part -> personal(part.author(), part.to());
            case ServerDeliver deliver -> new Complaint(deliver.author(), deliver.recipient());
            case SocpMessage _ -> null;
        };
    }

    private static @Nullable Complaint personal(UserId author, String to) {
        return ChannelName.isPublic(to) || !IdRule.LENIENT.accepts(to)
                ? null
                : new Complaint(author, new UserId(to));
    }
}
