package io.socp.relay.mesh;

import io.socp.relay.mesh.PeerEvent.Due;
import io.socp.relay.mesh.PeerEvent.FoundOurselves;
import io.socp.relay.mesh.PeerEvent.Joining;
import io.socp.relay.mesh.PeerEvent.LinkUp;
import io.socp.relay.mesh.PeerEvent.Lost;
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
            case LinkUp(var server) -> state instanceof Ourselves ? state : new Linked(server);
            case Due(long deadlineNs) -> due(state, deadlineNs);
            case Joining joining -> joining(state, joining);
            case Lost(long retryAtNs) -> lost(state, retryAtNs);
        };
    }

    private static PeerState due(PeerState state, long deadlineNs) {
        return switch (state) {
            case Waiting(int attempt, _) -> new Dialing(attempt, deadlineNs);
            case Dialing _, AwaitingWelcome _, Linked _, Ourselves _ -> state;
        };
    }

    private static PeerState joining(PeerState state, Joining joining) {
        return switch (state) {
            case Dialing(int attempt, _) ->
                    new AwaitingWelcome(attempt, joining.link(), joining.deadlineNs());
            case Waiting _, AwaitingWelcome _, Linked _, Ourselves _ -> state;
        };
    }

    private static PeerState lost(PeerState state, long retryAtNs) {
        return switch (state) {
            case Dialing(int attempt, _) -> new Waiting(attempt + 1, retryAtNs);
            case AwaitingWelcome(int attempt, _, _) -> new Waiting(attempt + 1, retryAtNs);
            case Linked _ -> new Waiting(0, retryAtNs);
            case Waiting _, Ourselves _ -> state;
        };
    }
}
