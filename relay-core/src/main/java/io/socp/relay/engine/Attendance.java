package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Replay;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RelayEffect.SendToUsers;
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
import io.socp.relay.presence.PresenceChange;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import java.util.ArrayList;
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

    /** Links of no one: leaves nobody out of an audience. */
    private static final LinkId NOBODY = new LinkId(0);

    /** What our hello extensions offer: see {@code docs/protocol.md}. */
    private static final JsonObject OFFERED =
            JsonObject.builder().put("v", 1).put("list", true).put("key", true).build();

    private final Self self;
    private final UserDirectory directory;
    private final PeerTable peers;
    private final Map<LinkId, LinkIdentity.User> userByLink = new HashMap<>();
    private int presenceReaders;

    Attendance(Self self, UserDirectory directory, PeerTable peers) {
        this.self = self;
        this.directory = directory;
        this.peers = peers;
    }

    void onHello(LinkId link, UserHello hello, Moment now, EffectSink sink) {
        if (isIntroduced(link)) {
            // The second of two hellos in flight at once.
            refuse(link, hello.user(), ErrorCode.NAME_IN_USE, sink, now);
            return;
        }
        LinkIdentity.User identity = new LinkIdentity.User(hello.user(), hello.key(), feed(hello));
        PresentUser user = present(hello, link, now);
        switch (directory.arrive(user)) {
            case APPLIED -> welcome(link, identity, hello, user, now, sink);
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
        if (identity.presence() == PresenceFeed.PUSHED) {
            presenceReaders--;
        }
        long ts = now.epochMs();
        PresentUser known = directory.find(user);
        if (known != null) {
            ts = Math.max(ts, known.advertisedTs());
        }
        directory.depart(user, ts);
        OutboundFrame removal = self.toAll(new UserRemove(self.id(), user, self.id(), ts), ts);
        tellPeers(removal, List.of(), sink);
        tellUsers(removal, NOBODY, sink);
        sink.emit(new Report(Notice.info("user " + user + " left")));
        return true;
    }

    /** Gossip of a peer. */
    void onPresence(
            PresenceMessage presence, Admitted admitted, Moment now, EffectSink sink) {
        OutboundFrame frame = OutboundFrame.asReceived(admitted.envelope());
        PresenceChange change =
                switch (presence) {
                    case UserAdvertise advertise ->
                            directory.apply(advertise, present(advertise, frame), now.ns());
                    case UserRemove remove -> directory.apply(remove);
                };
        switch (change) {
            case APPLIED -> {
                tellPeers(frame, List.of(senderOf(admitted), presence.origin()), sink);
                tellUsers(frame, NOBODY, sink);
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
            case FULL ->
                    sink.emit(new Report(Notice.warn("directory full: user not taken up")));
            case CONFIRMED, STALE -> {}
        }
    }

    private static ServerId senderOf(Admitted gossip) {
        if (gossip.link() instanceof LinkIdentity.Server(ServerId server, _)) {
            return server;
        }
        throw new IllegalStateException("presence was vetted on a link that is no peer's");
    }

    /** A peer's link is up: it is told of our users, by the frames that were signed for them. */
    void introduceUsers(LinkId link, EffectSink sink) {
        List<OutboundFrame> frames =
                directory.locals().stream().map(PresentUser::advertisement).toList();
        if (!frames.isEmpty()) {
            sink.emit(new Replay(link, frames));
        }
    }

    /** Drops users of {@code server} not advertised since; our users are told, in our name. */
    void sweep(ServerId server, long sinceNs, Moment now, EffectSink sink) {
        List<UserId> gone = directory.sweep(server, sinceNs);
        for (UserId user : gone) {
            UserRemove removal = new UserRemove(self.id(), user, server, now.epochMs());
            tellUsers(self.toAll(removal, now.epochMs()), NOBODY, sink);
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
            List<OutboundFrame> others =
                    directory.everyone().stream()
                            .filter(other -> !other.user().equals(hello.user()))
                            .map(PresentUser::advertisement)
                            .toList();
            if (!others.isEmpty()) {
                sink.emit(new Replay(link, others));
            }
        }
        tellPeers(user.advertisement(), List.of(), sink);
        tellUsers(user.advertisement(), link, sink);
        userByLink.put(link, identity);
        if (identity.presence() == PresenceFeed.PUSHED) {
            presenceReaders++;
        }
    }

    private void refuse(
            LinkId link, UserId user, ErrorCode code, EffectSink sink, Moment now) {
        sink.emit(self.error(link, user.value(), code, user.value(), now));
        sink.emit(new Close(link, CloseReason.POLICY, code.name()));
    }

    /** An unneeded frame is never signed: the check comes first. */
    private void tellUsers(OutboundFrame frame, LinkId except, EffectSink sink) {
        if (presenceReaders > 0) {
            sink.emit(new SendToUsers(Audience.PRESENCE_FEED, except, frame));
        }
    }

    /** Tells every peer but these: who sent it, and who signed it, know already. */
    private void tellPeers(OutboundFrame frame, List<ServerId> knowing, EffectSink sink) {
        List<LinkId> without = new ArrayList<>(knowing.size());
        for (ServerId server : knowing) {
            LinkId link = peers.linkTo(server);
            if (link != null) {
                without.add(link);
            }
        }
        List<LinkId> links =
                peers.activeLinks().stream().filter(link -> !without.contains(link)).toList();
        if (!links.isEmpty()) {
            sink.emit(new Send(links, frame));
        }
    }

    private PresentUser present(UserHello hello, LinkId link, Moment now) {
        long ts = directory.nextTs(hello.user(), now.epochMs());
        JsonObject meta =
                hello.displayName() == null
                        ? JsonObject.EMPTY
                        : JsonObject.builder().put("display_name", hello.displayName()).build();
        UserAdvertise advertise =
                new UserAdvertise(
                        self.id(), hello.user(), self.id(), ts, hello.key(), meta);
        return new PresentUser(
                hello.user(),
                new UserLocation.Local(link),
                hello.key(),
                hello.displayName(),
                ts,
                self.toAll(advertise, ts));
    }

    private static PresentUser present(UserAdvertise advertise, OutboundFrame frame) {
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
                frame);
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
