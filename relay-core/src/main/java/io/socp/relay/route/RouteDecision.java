package io.socp.relay.route;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.ownership.Immutable;
import java.util.List;

/** What is to be done with an admitted message. Immutable. */
@Immutable
public sealed interface RouteDecision {

    /** Hand a direct message to its recipient, in a frame of ours. */
    record Deliver(LinkId link, UserDeliver message) implements RouteDecision {}

    /**
     * Hand a direct message to the recipient's server, in a frame of ours addressed to it.
     *
     * @param hop the peer that it goes to next; mostly the home itself
     */
    record Forward(ServerId hop, ServerId home, ServerDeliver message) implements RouteDecision {}

    /** Pass the frame on to the peer that hosts the recipient or leads there, byte for byte. */
    record PassOn(ServerId hop, ServerId home, UserId recipient) implements RouteDecision {}

    /** Hand the frame to one local user, under its author's name. */
    record HandOn(LinkId link) implements RouteDecision {}

    /** Pass the frame on to each of these local users and of these servers, byte for byte. */
    record PassToEach(List<LinkId> users, List<ServerId> servers) implements RouteDecision {
        public PassToEach {
            users = List.copyOf(users);
            servers = List.copyOf(servers);
        }
    }

    /** Pass the frame on to every local user but its author, and to these peers. */
    record PassToAll(List<ServerId> peers) implements RouteDecision {
        public PassToAll {
            peers = List.copyOf(peers);
        }
    }

    /** Nobody we know of has this id, or its server is out of reach. */
    record Undeliverable(String recipient) implements RouteDecision {
        Undeliverable(UserId recipient) {
            this(recipient.value());
        }
    }

    /** A question about the directory. */
    record Answer(QueryMessage query) implements RouteDecision {}

    /** Concerns the mesh or presence: the control plane decides. */
    record ToControlPlane() implements RouteDecision {}

    /** Nothing further: its arrival was all it had to say. */
    record Done() implements RouteDecision {}
}
