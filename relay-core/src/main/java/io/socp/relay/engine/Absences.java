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

/** Tells messages for those who are away for a moment from all others. Thread-safe. */
@ThreadSafe
record Absences(Expected expected, LiveView view) {

    /** Whether messages for this user wait for him to show up. */
    boolean isAwaited(UserId user, Moment now) {
        return !expected.isIdle() && expected.isAwaited(user, view.locate(user), view.peers(), now);
    }

    Intake waitingOrWork(Vetted vetted, Moment now) {
        if (expected.isIdle()) {
            // As nearly always: nobody is away.
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
