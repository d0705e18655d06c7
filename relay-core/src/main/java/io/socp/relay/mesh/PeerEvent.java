package io.socp.relay.mesh;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.Immutable;

/** What may happen to a {@link Contact}. Immutable. */
@Immutable
public sealed interface PeerEvent {

    /** The wait is over; the dial is given up at {@code deadlineNs}. */
    record Due(long deadlineNs) implements PeerEvent {}

    /** The connection is open and our JOIN is on its way; it is answered by {@code announceNs}. */
    record Joining(LinkId link, long announceNs) implements PeerEvent {}

    /** Nobody answered our JOIN; our ANNOUNCE to this server is on its way. */
    record Announced(ServerId server) implements PeerEvent {}

    /** Nobody answered our JOIN; our ANNOUNCE to a server of unknown id is on its way. */
    record AnnouncedToUnknown(long deadlineNs) implements PeerEvent {}

    /** Our JOIN was answered by this server. */
    record Welcomed(ServerId server) implements PeerEvent {}

    /** This server has spoken on a link, whoever dialled it. */
    record LinkUp(ServerId server) implements PeerEvent {}

    /** The dial failed, the welcome did not come, or the last link is lost. */
    record Lost(long retryAtNs) implements PeerEvent {}

    /** The server is not to be dialled before then. */
    record Resting(long untilNs) implements PeerEvent {}

    /** The server at this address has our own key. */
    record FoundOurselves() implements PeerEvent {}
}
