package io.socp.relay.engine;

import io.socp.relay.verify.Vetted;

/** What came of a frame's cheap checks, done on the link's own loop. */
public sealed interface Intake {

    /** Worth its RSA work. */
    record Work(Vetted vetted) implements Intake {}

    /** Ends here. */
    record Ended(Outcome outcome) implements Intake {}
}
