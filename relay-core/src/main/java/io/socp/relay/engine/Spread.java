package io.socp.relay.engine;

import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.Immutable;
import java.util.List;

/** To which peers a piece of presence gossip is passed on. Immutable. */
@Immutable
sealed interface Spread {

    /** Who knows it already: its signer, and who sent it to us. */
    List<ServerId> knowing();

    /** A frame of its own: to every peer that may not know it. */
    record ToAll(List<ServerId> knowing) implements Spread {
        public ToAll {
            knowing = List.copyOf(knowing);
        }
    }

    /** Of a batch, which our own relays are passed as a whole: to servers of others only. */
    record ToForeign(List<ServerId> knowing) implements Spread {
        public ToForeign {
            knowing = List.copyOf(knowing);
        }
    }
}
