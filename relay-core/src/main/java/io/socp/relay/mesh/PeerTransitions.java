package io.socp.relay.mesh;

import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.PeerEvent.Announced;
import io.socp.relay.mesh.PeerEvent.AnnouncedToUnknown;
import io.socp.relay.mesh.PeerEvent.Due;
import io.socp.relay.mesh.PeerEvent.FoundOurselves;
import io.socp.relay.mesh.PeerEvent.Joining;
import io.socp.relay.mesh.PeerEvent.LinkUp;
import io.socp.relay.mesh.PeerEvent.Lost;
import io.socp.relay.mesh.PeerEvent.Resting;
import io.socp.relay.mesh.PeerEvent.Welcomed;
import io.socp.relay.mesh.PeerState.AwaitingSign;
import io.socp.relay.mesh.PeerState.AwaitingWelcome;
import io.socp.relay.mesh.PeerState.Dialing;
import io.socp.relay.mesh.PeerState.Linked;
import io.socp.relay.mesh.PeerState.Ourselves;
import io.socp.relay.mesh.PeerState.Waiting;

/**
 * The table of a contact's states and events; pure. An event that means nothing in a state leaves
 * it as it is: events cross on their way (a dial may fail after the peer has dialled us).
 */
final class PeerTransitions {

    private PeerTransitions() {}

    static PeerState next(PeerState state, PeerEvent event) {
        return switch (event) {
            case FoundOurselves _ -> new Ourselves();
            case LinkUp(var server) -> linkUp(state, server);
            case Announced(var server) -> announced(state, server);
            case AnnouncedToUnknown(long deadlineNs) -> announcedToUnknown(state, deadlineNs);
            case Welcomed(var server) -> welcomed(state, server);
            case Due(long deadlineNs) -> due(state, deadlineNs);
            case Joining joining -> joining(state, joining);
            case Lost(long retryAtNs) -> lost(state, retryAtNs);
            case Resting(long untilNs) -> resting(state, untilNs);
        };
    }

    /** A JOIN under way is not given up: the other side may count on that very link. */
    private static PeerState linkUp(PeerState state, ServerId server) {
        return switch (state) {
            case Waiting _, Dialing _, Linked _ -> new Linked(server, 0);
            case AwaitingWelcome _, AwaitingSign _, Ourselves _ -> state;
        };
    }

    private static PeerState announced(PeerState state, ServerId server) {
        return switch (state) {
            case AwaitingWelcome(int attempt, _, _) -> new Linked(server, attempt + 1);
            case Waiting _, Dialing _, AwaitingSign _, Linked _, Ourselves _ -> state;
        };
    }

    private static PeerState announcedToUnknown(PeerState state, long deadlineNs) {
        return switch (state) {
            case AwaitingWelcome(int attempt, var link, _) ->
                    new AwaitingSign(attempt, link, deadlineNs);
            case Waiting _, Dialing _, AwaitingSign _, Linked _, Ourselves _ -> state;
        };
    }

    private static PeerState welcomed(PeerState state, ServerId server) {
        return switch (state) {
            case AwaitingWelcome _, AwaitingSign _ -> new Linked(server, 0);
            case Waiting _, Dialing _, Linked _, Ourselves _ -> state;
        };
    }

    private static PeerState due(PeerState state, long deadlineNs) {
        return switch (state) {
            case Waiting(int attempt, _) -> new Dialing(attempt, deadlineNs);
            case Dialing _, AwaitingWelcome _, AwaitingSign _, Linked _, Ourselves _ -> state;
        };
    }

    private static PeerState joining(PeerState state, Joining joining) {
        return switch (state) {
            case Dialing(int attempt, _) ->
                    new AwaitingWelcome(attempt, joining.link(), joining.announceNs());
            case Waiting _, AwaitingWelcome _, AwaitingSign _, Linked _, Ourselves _ -> state;
        };
    }

    /** What is under way ends as it would; only the next dial waits. */
    private static PeerState resting(PeerState state, long untilNs) {
        return switch (state) {
            case Waiting(int attempt, _) -> new Waiting(attempt, untilNs);
            case Linked(_, int attempt) -> new Waiting(attempt, untilNs);
            case Dialing _, AwaitingWelcome _, AwaitingSign _, Ourselves _ -> state;
        };
    }

    private static PeerState lost(PeerState state, long retryAtNs) {
        return switch (state) {
            case Dialing(int attempt, _) -> new Waiting(attempt + 1, retryAtNs);
            case AwaitingWelcome(int attempt, _, _) -> new Waiting(attempt + 1, retryAtNs);
            case AwaitingSign(int attempt, _, _) -> new Waiting(attempt + 1, retryAtNs);
            case Linked(_, int attempt) -> new Waiting(attempt, retryAtNs);
            case Waiting _, Ourselves _ -> state;
        };
    }
}
