package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.Dialect;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.dialect.UserFrames;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Part;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.limit.Bans;
import io.socp.relay.limit.RateLimiter;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SessionMessage.UserWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.Advertisement;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import io.socp.relay.verify.Proof;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The coming and going of our own users (SOCP §9.1). Event-loop confined to the mesh loop.
 *
 * <p>The advertisement of a user is made once and signed when someone first needs it.
 */
@EventLoopConfined
final class Attendance {

    /** What our hello extensions offer: see {@code docs/protocol.md}. */
    private static final JsonObject OFFERED =
            JsonObject.builder().put("v", 1).put("list", true).put("key", true).build();

    private static final JsonObject OFFERED_ON_PROVEN_LINK =
            JsonObject.builder().putAll(OFFERED).put(LinkChallenge.FIELD, true).build();

    /**
     * Claims to be a server that are told of our users before they are proven, and one more each 10
     * s.
     */
    static final int CLAIMS_INTRODUCED_MAX = 5;

    private static final Duration CLAIM_INTERVAL = Duration.ofSeconds(10);

    /** What of a hello's {@code ext} others are told, in {@code meta.ext}. */
    private static final String HYBRID = "hybrid";

    /** In a hello's {@code ext}: its client wants to be told when to come back. */
    private static final String RECONNECT = "reconnect";

    private final Self self;
    private final UserDirectory directory;
    private final PeerTable peers;
    private final LinkDialects dialects;
    private final Gossip gossip;
    private final ChannelKeeper channel;
    private final UserFrames frames;
    private final Bulletin bulletin;
    private final RemoteUsers others;
    private final RateLimiter claimsIntroduced;
    private final RandomGenerator random;
    private final Bans bans;
    private final Map<LinkId, LinkIdentity.User> userByLink = new HashMap<>();

    /** Of these, those who want to be told when to come back, where we must go. */
    private final Set<LinkId> wantHints = new HashSet<>();

    /** Users let go, whose links are still open. */
    private final Map<LinkId, Dismissed> dismissed = new LinkedHashMap<>();

    /** No user is taken any more. */
    private boolean isOver;

    /**
     * One who was let go.
     *
     * @param retryMs how long after the close he comes back; null where he does not want to know
     */
    private record Dismissed(UserId user, @Nullable Long retryMs) {}

    /** Claims that wait for their proof to be told of our users. */
    private final Set<LinkId> untold = new HashSet<>();

    Attendance(
            Self self,
            UserDirectory directory,
            PeerTable peers,
            LinkDialects dialects,
            Gossip gossip,
            ChannelKeeper channel,
            RemoteUsers others,
            Bans bans,
            RandomGenerator random,
            long nowNs) {
        this.bans = bans;
        this.random = random;
        this.self = self;
        this.directory = directory;
        this.peers = peers;
        this.dialects = dialects;
        this.gossip = gossip;
        this.channel = channel;
        this.frames = new UserFrames(self.id().value());
        this.claimsIntroduced = new RateLimiter(CLAIMS_INTRODUCED_MAX, CLAIM_INTERVAL, nowNs);
        this.bulletin = new Bulletin(self, directory, gossip, random);
        this.others = others;
    }

    void onHello(LinkId link, UserHello hello, Admitted admitted, Moment now, EffectSink sink) {
        if (isOver) {
            sink.emit(new Close(link, CloseReason.GOING_AWAY, "relay is stopping"));
            return;
        }
        if (isIntroduced(link)) {
            // The second of two hellos in flight at once.
            refuse(link, hello.user(), ErrorCode.NAME_IN_USE, sink, now);
            return;
        }
        LinkIdentity.User identity =
                new LinkIdentity.User(
                        hello.user(), hello.key(), feed(hello), proofFor(hello, admitted));
        PresentUser user = present(hello, link, now);
        switch (directory.arrive(user)) {
            case APPLIED -> {
                if (isBanned(hello.user(), now)) {
                    // Asked only now: whoever shuts him out this moment looks for him here.
                    directory.depart(hello.user(), user.advertisedTs());
                    sink.emit(new Close(link, CloseReason.POLICY, "user is banned"));
                    return;
                }
                Dialect dialect = Dialect.of(admitted.envelope(), hello);
                dialects.put(link, dialect);
                // First of all: once identified, any thread may write on the link.
                frames.welcome(hello, dialect, self.key(), now.epochMs())
                        .ifPresent(frame -> sink.emit(new Send(link, frame)));
                welcome(link, identity, hello, user, now, sink);
            }
            case CONFLICT -> refuse(link, hello.user(), ErrorCode.NAME_IN_USE, sink, now);
            case FULL -> sink.emit(new Close(link, CloseReason.TRY_LATER, "too many users"));
            case CONFIRMED, STALE, CLAIMED, BEYOND_SHARE ->
                    throw new IllegalStateException("a local arrival is applied or refused");
        }
    }

    private boolean isBanned(UserId user, Moment now) {
        return bans.find(Bans.Kind.USER, user.value(), now.epochMs()) != null;
    }

    /** Whether a user or a server has introduced itself on this link. */
    boolean isIntroduced(LinkId link) {
        return userByLink.containsKey(link) || peers.serverOf(link) != null;
    }

    /** Whether the link was a local user's, who is gone now. */
    boolean onLinkClosed(LinkId link, Moment now, EffectSink sink) {
        bulletin.onLinkClosed(link);
        untold.remove(link);
        wantHints.remove(link);
        Dismissed gone = dismissed.remove(link);
        if (gone != null) {
            dialects.remove(link);
            if (directory.locate(gone.user()).equals(new UserLocation.Local(link))) {
                directory.depart(gone.user(), now.epochMs());
            }
            return true;
        }
        LinkIdentity.User identity = userByLink.remove(link);
        if (identity == null) {
            return false;
        }
        dialects.remove(link);
        if (identity.presence() == PresenceFeed.PUSHED) {
            gossip.removeReader();
        }
        OutboundFrame removal = depart(identity.user(), now, sink);
        gossip.tellUsers(removal, sink);
        others.onDeparted(identity.user(), now, sink);
        sink.emit(new Report(Notice.info("user {} left").with("user", identity.user())));
        return true;
    }

    /**
     * All our users are to go. They have left as far as others are concerned; their links stay open
     * for what was on its way to them, and for what they still say.
     *
     * @param window within which they shall come back, evenly
     * @param isTold whether there are others, with whom they may turn up; if not, what they write
     *     to each other still finds its way
     */
    void dismiss(Duration window, boolean isTold, Moment now, EffectSink sink) {
        isOver = true;
        Map<LinkId, LinkIdentity.User> leaving = Map.copyOf(userByLink);
        userByLink.clear();
        // Nobody of them needs to hear of the others.
        leaving.values().stream()
                .filter(user -> user.presence() == PresenceFeed.PUSHED)
                .forEach(_ -> gossip.removeReader());
        leaving.forEach((link, identity) -> {
            UserId user = identity.user();
            Long retryMs = null;
            if (wantHints.contains(link)) {
                retryMs = random.nextLong(window.toMillis() + 1);
                var goodbye = new CtrlClose(retryMs);
                sink.emit(new Send(link, self.unsigned(user.value(), goodbye, now.epochMs())));
            }
            dismissed.put(link, new Dismissed(user, retryMs));
            if (isTold) {
                depart(user, now, sink);
            }
        });
    }

    /** The links of those who were let go are closed. */
    void part(String text, EffectSink sink) {
        dismissed.forEach((link, user) ->
                sink.emit(
                        user.retryMs() == null
                                ? new Part(link, CloseReason.GOING_AWAY, text)
                                : new Part(
                                        link,
                                        CloseReason.RESTART,
                                        text + ";retry_ms=" + user.retryMs())));
    }

    /** To everyone else the user has left; the removal that says so. */
    private OutboundFrame depart(UserId user, Moment now, EffectSink sink) {
        long ts = now.epochMs();
        PresentUser known = directory.find(user);
        if (known != null) {
            ts = Math.max(ts, known.advertisedTs());
        }
        directory.depart(user, ts);
        OutboundFrame removal = self.toAll(new UserRemove(self.id(), user, self.id(), ts), ts);
        bulletin.departed(user, ts, removal, now, sink);
        return removal;
    }

    /** Gossip of a peer about users who are not ours. */
    RemoteUsers others() {
        return others;
    }

    /** A peer's link is up: it is told of our users. */
    void introduceUsers(LinkId link, Moment now, EffectSink sink) {
        boolean isShown = peers.isProven(link) || peers.isForUsers(link);
        // All our users are much to say, and some of it to sign: not for any claim.
        if (isShown || claimsIntroduced.tryTake(now.ns())) {
            bulletin.introduceUsers(link, now, sink);
            if (dialects.ofPeer(link).readsChannelState()) {
                channel.introduce(link, now, sink);
            }
        } else {
            untold.add(link);
        }
    }

    /** A peer has shown who it is: it is told of our users, if it was not yet. */
    void onProven(LinkId link, Moment now, EffectSink sink) {
        if (untold.remove(link)) {
            introduceUsers(link, now, sink);
        }
    }

    void onTick(Moment now, EffectSink sink) {
        bulletin.onTick(now, sink);
    }

    /** Drops users of {@code server} not advertised since; our users are told, in our name. */
    void sweep(ServerId server, long sinceNs, Moment now, EffectSink sink) {
        peers.stopAwaiting(server);
        if (peers.linkTo(server) == null) {
            dialects.forget(server);
        }
        others.sweep(server, sinceNs, now, sink);
    }

    private void welcome(
            LinkId link,
            LinkIdentity.User identity,
            UserHello hello,
            PresentUser user,
            Moment now,
            EffectSink sink) {
        if (hello.extensions() != null) {
            // Before all else: what comes unsigned must find a client that has read this.
            UserWelcome welcome = new UserWelcome(self.id(), self.key(), offered(identity));
            sink.emit(new Send(link, self.to(hello.user(), welcome, now.epochMs())));
        }
        sink.emit(new Identify(link, identity));
        Notice news = Notice.info("user {} connected").with("user", hello.user());
        sink.emit(new Report(news.with("link", link)));
        if (identity.presence() == PresenceFeed.PUSHED) {
            Dialect dialect = dialects.of(link);
            List<OutboundFrame> present =
                    directory.everyone().stream()
                            .filter(other -> !other.user().equals(hello.user()))
                            .map(other ->
                                    other.advertisement()
                                            .in(dialect.keys(), dialect.needsUsernames()))
                            .toList();
            Bulletin.replay(link, present, Bulletin.REPLAY_FRAMES_MAX, sink);
        }
        bulletin.arrived(user, now, sink);
        gossip.tellUsers(user.advertisement(), link, sink);
        userByLink.put(link, identity);
        if (hello.extensions() != null && hello.extensions().get(RECONNECT) == JsonLiteral.TRUE) {
            wantHints.add(link);
        }
        if (identity.presence() == PresenceFeed.PUSHED) {
            gossip.addReader();
        }
        channel.join(hello.user());
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
                new Advertisement(advertise, self.toAll(advertise, ts), frames::advertise));
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

    /** The link proves its frames where the hello has signed what was shown on it. */
    private static FrameProof proofFor(UserHello hello, Admitted admitted) {
        return admitted.proof() instanceof Proof.SignedBy
                        && admitted.link().tls().isAnsweredBy(hello)
                ? FrameProof.LINK
                : FrameProof.SIGNATURE;
    }

    private static JsonObject offered(LinkIdentity.User user) {
        return switch (user.frames()) {
            case SIGNATURE -> OFFERED;
            case LINK -> OFFERED_ON_PROVEN_LINK;
        };
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
