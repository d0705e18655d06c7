package io.socp.relay.engine;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.Dialect;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.dialect.UserFrames;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Replay;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.PresenceMessage;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SessionMessage.UserWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.Advertisement;
import io.socp.relay.presence.PresenceChange;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The coming and going of users, ours and others' (SOCP §8.2, §9.1). Event-loop confined to the
 * mesh loop.
 *
 * <p>The advertisement of a local user is made once and signed when someone first needs it; what a
 * peer's user came with is passed on and replayed as its home server signed it.
 */
@EventLoopConfined
final class Attendance {

    /** What our hello extensions offer: see {@code docs/protocol.md}. */
    private static final JsonObject OFFERED =
            JsonObject.builder().put("v", 1).put("list", true).put("key", true).build();

    /** What of a hello's {@code ext} others are told, in {@code meta.ext}. */
    private static final String HYBRID = "hybrid";

    /** Frames handed over at once. */
    private static final int REPLAY_FRAMES_MAX = 64;

    private final Self self;
    private final UserDirectory directory;
    private final PeerTable peers;
    private final LinkDialects dialects;
    private final Gossip gossip;
    private final ChannelKeeper channel;
    private final UserFrames frames;
    private final Claims claims = new Claims();
    private final Map<LinkId, LinkIdentity.User> userByLink = new HashMap<>();

    Attendance(
            Self self,
            UserDirectory directory,
            PeerTable peers,
            LinkDialects dialects,
            Gossip gossip,
            ChannelKeeper channel) {
        this.self = self;
        this.directory = directory;
        this.peers = peers;
        this.dialects = dialects;
        this.gossip = gossip;
        this.channel = channel;
        this.frames = new UserFrames(self.id().value());
    }

    void onHello(LinkId link, UserHello hello, Admitted admitted, Moment now, EffectSink sink) {
        if (isIntroduced(link)) {
            // The second of two hellos in flight at once.
            refuse(link, hello.user(), ErrorCode.NAME_IN_USE, sink, now);
            return;
        }
        LinkIdentity.User identity = new LinkIdentity.User(hello.user(), hello.key(), feed(hello));
        PresentUser user = present(hello, link, now);
        switch (directory.arrive(user)) {
            case APPLIED -> {
                dialects.put(link, Dialect.of(admitted.envelope(), hello));
                welcome(link, identity, hello, user, now, sink);
            }
            case CONFLICT -> refuse(link, hello.user(), ErrorCode.NAME_IN_USE, sink, now);
            case FULL -> sink.emit(new Close(link, CloseReason.TRY_LATER, "too many users"));
            case CONFIRMED, STALE ->
                    throw new IllegalStateException("a local arrival is applied or refused");
        }
    }

    /** Whether a user or a server has introduced itself on this link. */
    boolean isIntroduced(LinkId link) {
        return userByLink.containsKey(link) || peers.serverOf(link) != null;
    }

    /** Whether the link was a local user's, who is gone now. */
    boolean onLinkClosed(LinkId link, Moment now, EffectSink sink) {
        LinkIdentity.User identity = userByLink.remove(link);
        if (identity == null) {
            return false;
        }
        UserId user = identity.user();
        dialects.remove(link);
        if (identity.presence() == PresenceFeed.PUSHED) {
            gossip.removeReader();
        }
        long ts = now.epochMs();
        PresentUser known = directory.find(user);
        if (known != null) {
            ts = Math.max(ts, known.advertisedTs());
        }
        directory.depart(user, ts);
        OutboundFrame removal = self.toAll(new UserRemove(self.id(), user, self.id(), ts), ts);
        gossip.tellPeers(removal, List.of(), sink);
        gossip.tellUsers(removal, sink);
        sink.emit(new Report(Notice.info("user " + user + " left")));
        return true;
    }

    /** Gossip of a peer. */
    void onPresence(PresenceMessage presence, Admitted admitted, Moment now, EffectSink sink) {
        OutboundFrame frame = OutboundFrame.asReceived(admitted.envelope());
        PresenceChange change =
                switch (presence) {
                    case UserAdvertise advertise when isHostedElsewhere(advertise) -> {
                        claims.add(advertise, admitted);
                        yield PresenceChange.STALE;
                    }
                    case UserAdvertise advertise ->
                            directory.apply(advertise, present(advertise, frame), now.ns());
                    case UserRemove remove -> {
                        claims.withdraw(remove.user(), remove.server());
                        yield directory.apply(remove);
                    }
                };
        switch (change) {
            case APPLIED -> {
                gossip.tellPeers(frame, List.of(senderOf(admitted), presence.origin()), sink);
                PresentUser arrived = directory.find(presence.user());
                if (arrived == null) {
                    gossip.tellUsers(frame, sink);
                    settle(presence.user(), now, sink);
                } else {
                    gossip.tellUsers(arrived.advertisement(), Gossip.NOBODY, sink);
                }
            }
            case CONFLICT ->
                    sink.emit(
                            new Report(
                                    Notice.warn(
                                            "server "
                                                    + presence.server()
                                                    + " claims user "
                                                    + presence.user()
                                                    + ", who is online elsewhere: ignored")));
            case FULL -> sink.emit(new Report(Notice.warn("directory full: user not taken up")));
            case CONFIRMED, STALE -> {}
        }
    }

    /** Whether another server, linked now, hosts the user: only it may say that he has left. */
    private boolean isHostedElsewhere(UserAdvertise advertise) {
        return directory.locate(advertise.user()) instanceof UserLocation.Remote(ServerId home)
                && !home.equals(advertise.server())
                && peers.linkTo(home) != null;
    }

    /** The user's home has let go: whoever claimed him meanwhile is right. */
    private void settle(UserId user, Moment now, EffectSink sink) {
        claims.take(user)
                .ifPresent(claim -> onPresence(claim.advertise(), claim.admitted(), now, sink));
    }

    private static ServerId senderOf(Admitted gossip) {
        return switch (gossip.link()) {
            case LinkIdentity.Server(ServerId server, _) -> server;
            // It has shown by this frame who it is.
            case LinkIdentity.Introducer _ -> new ServerId(gossip.envelope().from());
            case LinkIdentity.Stranger _, LinkIdentity.User _ ->
                    throw new IllegalStateException(
                            "presence was vetted on a link that is no peer's");
        };
    }

    /** A peer's link is up: it is told of our users, by the frames that were signed for them. */
    void introduceUsers(LinkId link, Moment now, EffectSink sink) {
        List<OutboundFrame> ours =
                directory.locals().stream().map(user -> user.advertisement().original()).toList();
        replay(link, ours, sink);
        channel.introduce(link, now, sink);
    }

    /** Drops users of {@code server} not advertised since; our users are told, in our name. */
    void sweep(ServerId server, long sinceNs, Moment now, EffectSink sink) {
        peers.stopAwaiting(server);
        if (peers.linkTo(server) == null) {
            dialects.forget(server);
        }
        List<UserId> gone = directory.sweep(server, sinceNs);
        for (UserId user : gone) {
            UserRemove removal = new UserRemove(self.id(), user, server, now.epochMs());
            gossip.tellUsers(self.toAll(removal, now.epochMs()), sink);
            settle(user, now, sink);
        }
        if (!gone.isEmpty()) {
            sink.emit(
                    new Report(
                            Notice.info(gone.size() + " users of server " + server + " dropped")));
        }
    }

    private void welcome(
            LinkId link,
            LinkIdentity.User identity,
            UserHello hello,
            PresentUser user,
            Moment now,
            EffectSink sink) {
        sink.emit(new Identify(link, identity));
        sink.emit(new Report(Notice.info("user " + hello.user() + " connected")));
        if (hello.extensions() != null) {
            UserWelcome welcome = new UserWelcome(self.id(), self.key(), OFFERED);
            sink.emit(new Send(link, self.to(hello.user(), welcome, now.epochMs())));
        }
        if (identity.presence() == PresenceFeed.PUSHED) {
            KeyContainer keys = dialects.of(link).keys();
            List<OutboundFrame> others =
                    directory.everyone().stream()
                            .filter(other -> !other.user().equals(hello.user()))
                            .map(other -> other.advertisement().in(keys))
                            .toList();
            replay(link, others, sink);
        }
        gossip.tellPeers(user.advertisement().original(), List.of(), sink);
        gossip.tellUsers(user.advertisement(), link, sink);
        userByLink.put(link, identity);
        if (identity.presence() == PresenceFeed.PUSHED) {
            gossip.addReader();
        }
        channel.join(hello.user());
    }

    /** In parts: the frames of one may still have to be signed. */
    private static void replay(LinkId link, List<OutboundFrame> frames, EffectSink sink) {
        for (int from = 0; from < frames.size(); from += REPLAY_FRAMES_MAX) {
            int to = Math.min(from + REPLAY_FRAMES_MAX, frames.size());
            sink.emit(new Replay(link, frames.subList(from, to)));
        }
    }

    private void refuse(LinkId link, UserId user, ErrorCode code, EffectSink sink, Moment now) {
        sink.emit(self.error(link, user.value(), code, user.value(), now));
        sink.emit(new Close(link, CloseReason.POLICY, code.name()));
    }

    private PresentUser present(UserHello hello, LinkId link, Moment now) {
        long ts = directory.nextTs(hello.user(), now.epochMs());
        UserAdvertise advertise =
                new UserAdvertise(self.id(), hello.user(), self.id(), ts, hello.key(), meta(hello));
        return new PresentUser(
                hello.user(),
                new UserLocation.Local(link),
                hello.key(),
                hello.displayName(),
                ts,
                advertisement(advertise, self.toAll(advertise, ts)));
    }

    /** What others are told of a user beside id and key. */
    private static JsonObject meta(UserHello hello) {
        JsonObject.Builder meta = JsonObject.builder();
        if (hello.displayName() != null) {
            meta.put("display_name", hello.displayName());
        }
        if (hello.extensions() != null
                && hello.extensions().get(HYBRID) instanceof JsonNumber hybrid) {
            meta.put("ext", JsonObject.builder().put(HYBRID, hybrid).build());
        }
        return meta.build();
    }

    private Advertisement advertisement(UserAdvertise advertise, OutboundFrame original) {
        RsaPublicKey key = advertise.key();
        return key == null
                ? new Advertisement(original, KeyContainer.DER_BASE64URL, _ -> original)
                : new Advertisement(
                        original, key.container(), other -> frames.advertise(advertise, other));
    }

    private PresentUser present(UserAdvertise advertise, OutboundFrame frame) {
        String name =
                advertise.meta().get("display_name") instanceof JsonText(String text)
                                && text.length() <= MessageParser.DISPLAY_NAME_CHARS_MAX
                        ? text
                        : null;
        return new PresentUser(
                advertise.user(),
                new UserLocation.Remote(advertise.server()),
                advertise.key(),
                name,
                advertise.ts(),
                advertisement(advertise, frame));
    }

    /** {@code "presence":"ask"} in the hello's extensions asks for silence. */
    private static PresenceFeed feed(UserHello hello) {
        JsonObject extensions = hello.extensions();
        return extensions != null
                        && extensions.get("presence") instanceof JsonText(String wish)
                        && wish.equals("ask")
                ? PresenceFeed.ASKED
                : PresenceFeed.PUSHED;
    }
}
