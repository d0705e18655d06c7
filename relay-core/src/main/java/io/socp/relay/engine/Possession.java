package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.FreshnessWindow;
import io.socp.relay.verify.Proof;

/**
 * What a frame shows of who is at the other end of its link. Immutable.
 *
 * <p>Admitted frames are new; a signature shows that the link is the server's only where the frame
 * is of this time as well. Greetings and heartbeats are alike for years, so an old one may have
 * been taken from anywhere. The time itself is not signed: who repeats a frame and gives it a new
 * one passes for the server.
 */
@Immutable
record Possession(FreshnessWindow window) {

    /** The frame's proof; of an old frame no more than a claim. */
    Proof shownBy(Admitted admitted, Moment now) {
        return window.contains(admitted.envelope().ts(), now)
                ? admitted.proof()
                : new Proof.FirstContact();
    }
}
