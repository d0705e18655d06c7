package io.socp.relay.mesh;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.Immutable;

/** Where we stand with a server we want a link to. Immutable. */
@Immutable
public sealed interface PeerState {

    /** Not linked; dialling again at {@code dueNs}. */
    record Waiting(int attempt, long dueNs) implements PeerState {}

    /** Opening a connection; given up at {@code deadlineNs}. */
    record Dialing(int attempt, long deadlineNs) implements PeerState {}

    /**
     * SERVER_HELLO_JOIN is sent; without a welcome by {@code announceNs}, SERVER_ANNOUNCE follows.
     */
    record AwaitingWelcome(int attempt, LinkId link, long announceNs) implements PeerState {}

    /**
     * SERVER_ANNOUNCE is sent too, to a server whose id we do not know; anything that it signs
     * tells who it is, and is due by {@code deadlineNs}.
     */
    record AwaitingSign(int attempt, LinkId link, long deadlineNs) implements PeerState {}

    /**
     * At least one link to the server is up, whoever dialled it.
     *
     * @param attempt failed attempts in a row, this one counted until the server gives a sign of
     *     life: a link that is only opened and closed again must not be redialled at full speed
     */
    record Linked(ServerId server, int attempt) implements PeerState {}

    /** The address is our own; never dialled again. */
    record Ourselves() implements PeerState {}
}
