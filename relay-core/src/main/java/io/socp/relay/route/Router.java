package io.socp.relay.route;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelMessage;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.Wrap;
import io.socp.relay.message.ChannelName;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.MeshMessage;
import io.socp.relay.message.NoticeMessage;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.message.PresenceMessage;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SealedText;
import io.socp.relay.message.SessionMessage;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.presence.UserLocation.Local;
import io.socp.relay.presence.UserLocation.Remote;
import io.socp.relay.presence.UserLocation.Unknown;
import io.socp.relay.route.RouteDecision.Answer;
import io.socp.relay.route.RouteDecision.Deliver;
import io.socp.relay.route.RouteDecision.Done;
import io.socp.relay.route.RouteDecision.Forward;
import io.socp.relay.route.RouteDecision.HandOn;
import io.socp.relay.route.RouteDecision.PassOn;
import io.socp.relay.route.RouteDecision.PassToAll;
import io.socp.relay.route.RouteDecision.PassToEach;
import io.socp.relay.route.RouteDecision.ToControlPlane;
import io.socp.relay.route.RouteDecision.Undeliverable;
import io.socp.relay.verify.LinkIdentity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides where an admitted message goes next. Pure and thread-safe: reads one {@link RoutingView}.
 *
 * <p>Never sends a message back to the server it came from. An unknown recipient yields {@link
 * Undeliverable} (SOCP §10, error USER_NOT_FOUND), never an exception.
 */
@ThreadSafe
public final class Router {

    /** The decision for {@code admitted}. */
    public RouteDecision decide(Admitted admitted, RoutingView view) {
        return switch (admitted.message()) {
            case MsgDirect direct -> direct(admitted, direct, view);
            case ServerDeliver deliver -> delivered(admitted, deliver, view);
            case MsgPublicChannel text -> publicText(admitted, text, view);
            case FilePart part -> file(admitted, part, view);
            case CtrlClose _ -> new Done();
            case PresenceMessage _ ->
                    admitted.link() instanceof LinkIdentity.User
                            ? new Done()
                            : new ToControlPlane();
            case PublicChannelKeyShare share -> shares(admitted, share, view);
            case PresenceBatch _, MeshMessage _, SessionMessage _, ChannelMessage _ ->
                    new ToControlPlane();
            case PubkeyResponse _ -> new ToControlPlane();
            case QueryMessage query -> new Answer(query);
            case NoticeMessage _, UserDeliver _ -> new Done();
        };
    }

    private static RouteDecision direct(Admitted admitted, MsgDirect direct, RoutingView view) {
        UserId recipient = direct.recipient();
        return switch (view.locate(recipient)) {
            case Local(LinkId link) ->
                    deliver(link, recipient, direct.author(), direct.ts(), direct.sealed(), view);
            case Remote(ServerId home) -> {
                ServerId hop = onwards(admitted, home, view);
                yield hop == null
                        ? new Undeliverable(recipient)
                        : new Forward(
                                hop,
                                home,
                                new ServerDeliver(
                                        view.self(),
                                        recipient,
                                        direct.author(),
                                        direct.ts(),
                                        direct.sealed()));
            }
            case Unknown() -> new Undeliverable(recipient);
        };
    }

    private static RouteDecision delivered(
            Admitted admitted, ServerDeliver deliver, RoutingView view) {
        UserId recipient = deliver.recipient();
        return switch (view.locate(recipient)) {
            case Local(LinkId link) ->
                    deliver(
                            link,
                            recipient,
                            deliver.author(),
                            deliver.ts(),
                            deliver.sealed(),
                            view);
            case Remote(ServerId home) -> passOn(admitted, home, recipient, view);
            case Unknown() -> new Undeliverable(recipient);
        };
    }

    private static RouteDecision file(Admitted admitted, FilePart part, RoutingView view) {
        if (ChannelName.isPublic(part.to())) {
            return toAll(admitted, view);
        }
        if (!IdRule.LENIENT.accepts(part.to())) {
            return new Undeliverable(part.to());
        }
        UserId recipient = new UserId(part.to());
        return switch (view.locate(recipient)) {
            case Local(LinkId link) -> new HandOn(link);
            case Remote(ServerId home) -> passOn(admitted, home, recipient, view);
            case Unknown() -> new Undeliverable(part.to());
        };
    }

    /** Some implementations send public text to each user in turn: then it is for that user. */
    private static RouteDecision publicText(
            Admitted admitted, MsgPublicChannel text, RoutingView view) {
        if (ChannelName.isPublic(text.channel()) || !IdRule.LENIENT.accepts(text.channel())) {
            return toAll(admitted, view);
        }
        UserId recipient = new UserId(text.channel());
        return switch (view.locate(recipient)) {
            case Local(LinkId link) -> new HandOn(link);
            case Remote(ServerId home) -> passOn(admitted, home, recipient, view);
            case Unknown() -> toAll(admitted, view);
        };
    }

    /** Key shares go to the members named in them, each server once (SOCP §9.3), and not back. */
    private static RouteDecision shares(
            Admitted admitted, PublicChannelKeyShare share, RoutingView view) {
        Set<LinkId> users = new LinkedHashSet<>();
        Set<ServerId> servers = new LinkedHashSet<>();
        for (Wrap wrap : share.shares()) {
            boolean isSender = wrap.member().equals(admitted.envelope().from());
            if (!isSender && IdRule.LENIENT.accepts(wrap.member())) {
                switch (view.locate(new UserId(wrap.member()))) {
                    case Local(LinkId link) -> users.add(link);
                    case Remote(ServerId home) -> {
                        ServerId hop = onwards(admitted, home, view);
                        if (hop != null) {
                            servers.add(hop);
                        }
                    }
                    case Unknown() -> {}
                }
            }
        }
        return new PassToEach(List.copyOf(users), List.copyOf(servers));
    }

    /**
     * What a peer passes on goes to those linked now: it is the author's server that waits for the
     * others, and two who waited would tell each other the same.
     */
    private static RouteDecision toAll(Admitted admitted, RoutingView view) {
        return new PassToAll(
                sourcePeer(admitted)
                        .map(source ->
                                view.linked().stream()
                                        .filter(peer -> !peer.equals(source))
                                        .toList())
                        .orElseGet(() -> List.copyOf(view.inReach())));
    }

    private static RouteDecision deliver(
            LinkId link,
            UserId recipient,
            UserId author,
            long ts,
            SealedText sealed,
            RoutingView view) {
        return new Deliver(link, new UserDeliver(view.self(), recipient, author, ts, sealed));
    }

    private static RouteDecision passOn(
            Admitted admitted, ServerId home, UserId recipient, RoutingView view) {
        ServerId hop = onwards(admitted, home, view);
        return hop == null ? new Undeliverable(recipient) : new PassOn(hop, home, recipient);
    }

    /** The next server on the way to {@code home}, and never where the message came from. */
    private static @Nullable ServerId onwards(Admitted admitted, ServerId home, RoutingView view) {
        return view.nextHop(home, sourcePeer(admitted).orElse(null));
    }

    private static Optional<ServerId> sourcePeer(Admitted admitted) {
        return admitted.link() instanceof LinkIdentity.Server(ServerId server, _, _)
                ? Optional.of(server)
                : Optional.empty();
    }
}
