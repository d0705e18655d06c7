package io.socp.relay.engine;

import io.socp.relay.identity.UserId;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.verify.Vetted;

/** What came of a frame's cheap checks, done on the link's own loop. */
public sealed interface Intake {

    /** Worth its RSA work. */
    record Work(Vetted vetted) implements Intake {}

    /** Ends here. */
    record Ended(Outcome outcome) implements Intake {}

    /**
     * Worth its RSA work, but for a user who is away for a moment; {@link Absences#isAwaited} says
     * how long.
     */
    record Waiting(Vetted vetted, UserId author, UserId recipient) implements Intake {}

    /**
     * A peer's frame of a user nobody has named yet: the news of who came may be on its way, on
     * this link before the frame or on another. Worth a second look soon.
     *
     * @param outcome if it stays so; {@link Absences#inVain} says so then
     */
    record Early(UserId author, Outcome outcome, SocpMessage message) implements Intake {}
}
