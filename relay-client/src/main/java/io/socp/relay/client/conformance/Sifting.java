package io.socp.relay.client.conformance;

import java.util.List;
import java.util.function.Predicate;

/** Checks over everything the server has sent in a run. */
final class Sifting {

    private static final String SENT = "the traffic of this run";

    private Sifting() {}

    /** Every frame must be so; the first that is not fails the trial. */
    static void expectEvery(List<Frame> frames, String what, Predicate<Frame> holds) throws Unmet {
        if (frames.isEmpty()) {
            throw Unmet.notOffered("no such frame came");
        }
        for (Frame frame : frames) {
            if (!holds.test(frame)) {
                throw Unmet.fail(SENT, what + " in every frame", frame.summary());
            }
        }
    }
}
