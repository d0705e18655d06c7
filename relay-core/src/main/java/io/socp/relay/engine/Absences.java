package io.socp.relay.engine;

import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelName;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.Vetted;
import java.util.Optional;

/** Tells messages for those who are away for a moment from all others. Thread-safe. */
@ThreadSafe
public final class Absences {

    private final Expected expected;
    private final LiveView view;

    Absences(Expected expected, LiveView view) {
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

    Intake waitingOrWork(Vetted vetted, Moment now) {
        if (areNone()) {
            return new Intake.Work(vetted);
        }
        return switch (vetted.message()) {
            case MsgDirect direct -> waitingOrWork(vetted, direct.author(), direct.to(), now);
            case FilePart part -> waitingOrWork(vetted, part.author(), part.to(), now);
            case ServerDeliver deliver ->
                    waitingOrWork(vetted, deliver.author(), deliver.recipient().value(), now);
            case SocpMessage _ -> new Intake.Work(vetted);
        };
    }

    private Intake waitingOrWork(Vetted vetted, UserId author, String to, Moment now) {
        if (ChannelName.isPublic(to) || !IdRule.LENIENT.accepts(to)) {
            return new Intake.Work(vetted);
        }
        UserId recipient = new UserId(to);
        return isAwaited(recipient, now)
                ? new Intake.Waiting(vetted, author, recipient)
                : new Intake.Work(vetted);
    }
}
