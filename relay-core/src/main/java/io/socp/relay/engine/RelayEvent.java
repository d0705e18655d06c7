package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.ContactId;
import io.socp.relay.ownership.Immutable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the {@link ControlPlane} is told. Immutable. */
@Immutable
public sealed interface RelayEvent {

    /** A connection we dialled is open. */
    record LinkOpened(ContactId contact, LinkId link) implements RelayEvent {}

    /** A connection we dialled did not open. */
    record DialFailed(ContactId contact, String reason) implements RelayEvent {}

    /** A link is gone, whoever closed it; told after all that was received on it. */
    record LinkClosed(LinkId link) implements RelayEvent {}

    /** A frame was accepted on a peer's link; told at most once a second for each link. */
    record LinkHeard(LinkId link) implements RelayEvent {}

    /** An admitted message that concerns the mesh or presence. */
    record Received(LinkId link, Admitted admitted) implements RelayEvent {}

    /** A message was taken on and could not be brought to its recipient. */
    record Undelivered(Complaint complaint) implements RelayEvent {}

    /** A peer reports that a message, which went to it, reached nobody. */
    record Reported(ServerId peer, Complaint complaint) implements RelayEvent {}

    /** A peer sent us a message for a user who is not ours. */
    record Misdirected(LinkId link, Complaint complaint) implements RelayEvent {}

    /**
     * A peer has gone too far; told once, and its frames are dropped from then on.
     *
     * @param claim the one link by which it says that it is that server; null where it has shown it
     */
    record Misconduct(ServerId server, @Nullable LinkId claim) implements RelayEvent {}

    /**
     * This relay is to end: nobody is dialled any more, our own relays among the peers are told,
     * and messages for users who are nowhere wait for them to show up elsewhere.
     */
    record Leave() implements RelayEvent {}

    /**
     * Our users are let go: to everyone else they have left, and those who asked for it are told
     * when to come back.
     *
     * @param window within which they shall come back, evenly
     */
    record Dismiss(Duration window) implements RelayEvent {}

    /** The links of those who were dismissed are closed, behind all that they have said. */
    record PartWithUsers() implements RelayEvent {}

    /** Nobody is expected any more: messages that wait for users go their way, or back. */
    record StopExpecting() implements RelayEvent {}

    /** The links of all peers are closed. */
    record PartWithPeers() implements RelayEvent {}

    /** The bootstrap file was read again: these are the introducers now. */
    record IntroducersRead(List<Introducer> introducers) implements RelayEvent {
        public IntroducersRead {
            introducers = List.copyOf(introducers);
        }
    }

    /** Time has passed. */
    record Tick() implements RelayEvent {}
}
