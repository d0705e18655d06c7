package io.socp.relay.verify;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChannelMessage;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChatMessage;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.MeshMessage;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.message.NoticeMessage;
import io.socp.relay.message.NoticeMessage.ErrorNotice;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.message.PresenceMessage;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.QueryMessage.ForeignQuery;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SessionMessage;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity.Introducer;
import io.socp.relay.verify.LinkIdentity.Server;
import io.socp.relay.verify.LinkIdentity.Stranger;
import io.socp.relay.verify.LinkIdentity.User;
import io.socp.relay.verify.Rejection.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each kind of link may say, and what proof that needs. Thread-safe: reads the {@link
 * KeyDirectory} and holds no state.
 *
 * <p>The transport signature covers the payload only (SOCP §12), so {@code type}, {@code from} and
 * {@code ts} are bound here: a frame counts only on a link that belongs to its {@code from}, or as
 * gossip whose origin's key is pinned, and only within the freshness window.
 */
@ThreadSafe
public final class LinkPolicy {

    private static final Requirement LINK_ALONE = new Requirement.LinkAlone();

    private final KeyDirectory keys;
    private final FreshnessWindow window;
    private final ContentCheck content;
    private final GreetingPolicy greetings;

    /** A policy that has every content signature checked. */
    public LinkPolicy(KeyDirectory keys, FreshnessWindow window) {
        this(keys, window, ContentCheck.ALWAYS);
    }

    public LinkPolicy(KeyDirectory keys, FreshnessWindow window, ContentCheck content) {
        this.keys = keys;
        this.window = window;
        this.content = content;
        this.greetings = new GreetingPolicy(keys);
    }

    /** Checks all that can be checked without RSA. */
    public Vetting vet(Envelope envelope, SocpMessage message, LinkIdentity link, Moment now) {
        return switch (link) {
            case Stranger stranger -> fromStranger(new Case(envelope, message, link), stranger);
            case Introducer introducer ->
                    fromIntroducer(new Case(envelope, message, link), introducer, now);
            case User user -> fromUser(new Case(envelope, message, link), user, now);
            case Server server -> fromServer(new Case(envelope, message, link), server, now);
        };
    }

    /**
     * Who has proven a key in the TLS handshake greets under that key: a greeting signed for some
     * other link is worth nothing here.
     */
    private Vetting fromStranger(Case c, Stranger stranger) {
        if (stranger.tls().contradicts(c.message())) {
            return GreetingPolicy.contradicts(c);
        }
        return switch (c.message()) {
            case UserHello hello -> hello(c, hello, stranger);
            case ServerHelloJoin join -> greetings.joining(c, join);
            case Greeting greeting -> greetings.greeting(c, greeting);
            case NoticeMessage _, CtrlClose _ -> c.needs(LINK_ALONE);
            case MeshMessage _,
                    PresenceMessage _,
                    PresenceBatch _,
                    SessionMessage _,
                    ChatMessage _,
                    ChannelMessage _,
                    QueryMessage _ ->
                    c.refuse(
                            Reason.NO_HELLO,
                            "the first frame must be USER_HELLO, SERVER_HELLO_JOIN,"
                                    + " SERVER_HELLO_LINK or SERVER_ANNOUNCE, not "
                                    + c.envelope().type());
        };
    }

    /**
     * A hello that asks for link authentication is for one connection and one server, and holds by
     * its signature alone: whoever passes it on or has recorded it gains nothing.
     */
    private static Vetting hello(Case c, UserHello hello, Stranger stranger) {
        if (!LinkChallenge.isIn(hello.extensions())) {
            return c.needs(new Requirement.Greeting(hello.key()));
        }
        return stranger.tls().isAnsweredBy(hello)
                ? c.needs(new Requirement.Transport(List.of(hello.key())))
                : c.refuse(
                        Reason.MEANT_FOR_ANOTHER,
                        "this hello was signed for another connection or another server");
    }

    private Vetting fromIntroducer(Case c, Introducer introducer, Moment now) {
        return switch (c.message()) {
            case ServerWelcome welcome -> greetings.answer(c, welcome, welcome.key(), introducer);
            case Greeting greeting -> greetings.answer(c, greeting, greeting.key(), introducer);
            // Some servers welcome nobody: what the pinned key has signed tells who they are.
            case Heartbeat _ when introducer.pinned() != null ->
                    c.needs(new Requirement.Transport(List.of(introducer.pinned())));
            case PresenceMessage presence
                    when introducer.pinned() != null
                            && presence.origin().equals(presence.server())
                            && greetings.isFreeFor(presence.origin(), introducer.pinned()) ->
                    presence(c, presence, new Server(presence.origin(), introducer.pinned()), now);
            case NoticeMessage _, CtrlClose _ -> c.needs(LINK_ALONE);
            case MeshMessage _,
                    PresenceMessage _,
                    PresenceBatch _,
                    SessionMessage _,
                    ChatMessage _,
                    ChannelMessage _,
                    QueryMessage _ ->
                    c.refuse(
                            Reason.TOO_EARLY,
                            "SERVER_WELCOME is due before " + c.envelope().type());
        };
    }

    private Vetting fromUser(Case c, User user, Moment now) {
        boolean named = !(c.message() instanceof NoticeMessage || c.message() instanceof CtrlClose);
        if (named && !c.envelope().from().equals(user.user().value())) {
            return c.refuse(
                    Reason.FOREIGN_SENDER, "from is not the user who said hello on this link");
        }
        return switch (c.message()) {
            case Authored authored -> authored(c, authored, user.key(), null, now);
            // Some clients advertise and remove themselves: a courtesy that changes nothing.
            case PresenceMessage presence when presence.user().equals(user.user()) ->
                    c.needs(LINK_ALONE);
            case PublicChannelKeyShare _ ->
                    c.envelope().sig().isEmpty()
                            ? c.needs(LINK_ALONE)
                            : c.needs(new Requirement.Transport(List.of(user.key())));
            // A client's heartbeat says nothing to us, but some clients send it: no error.
            case Heartbeat _,
                    ListRequest _,
                    PubkeyRequest _,
                    ForeignQuery _,
                    CtrlClose _,
                    NoticeMessage _ ->
                    c.needs(LINK_ALONE);
            case MeshMessage _,
                    PresenceMessage _,
                    PresenceBatch _,
                    SessionMessage _,
                    ServerDeliver _,
                    UserDeliver _,
                    ChannelMessage _,
                    QueryMessage _ ->
                    c.outOfPlace();
        };
    }

    private Vetting fromServer(Case c, Server peer, Moment now) {
        return switch (c.message()) {
            case Greeting greeting -> greetings.greeting(c, greeting);
            case ServerWelcome _ -> ofPeerItself(c, peer);
            case Heartbeat _ -> ofPeerItself(c, peer);
            case PresenceMessage presence -> presence(c, presence, peer, now);
            case PresenceBatch batch -> batch(c, batch, peer, now);
            case Authored authored -> relayed(c, authored, peer, now);
            case ServerDeliver deliver -> delivered(c, deliver, peer, now);
            case PublicChannelKeyShare _ -> c.needs(share(c, peer));
            case ChannelMessage _ -> c.needs(transport(new ServerId(c.envelope().from()), peer));
            case ErrorNotice _ when !c.envelope().sig().isEmpty() ->
                    c.needs(new Requirement.Transport(List.of(peer.key())));
            case NoticeMessage _, CtrlClose _ -> c.needs(LINK_ALONE);
            case PubkeyRequest _, PubkeyResponse _, ForeignQuery _ -> ofPeerItself(c, peer);
            case SessionMessage _, UserDeliver _, QueryMessage _ -> c.outOfPlace();
        };
    }

    private static Vetting ofPeerItself(Case c, Server peer) {
        if (!c.envelope().from().equals(peer.server().value())) {
            return c.refuse(
                    Reason.FOREIGN_SENDER, "from is not the server at the other end of this link");
        }
        return c.isProvenByLink()
                ? c.needs(LINK_ALONE)
                : c.needs(new Requirement.Transport(List.of(peer.key())));
    }

    /**
     * Only a user's home server, by its own key, may say where the user is. What the home server
     * sends on its own link may be old: it replays what it once signed. It may not be of the
     * future: such a statement could not be overruled until then.
     */
    private Vetting presence(Case c, PresenceMessage presence, Server peer, Moment now) {
        if (!presence.origin().equals(presence.server())) {
            return c.refuse(Reason.FOREIGN_SENDER, "server_id is not the server in from");
        }
        return told(c, presence.origin(), peer, now);
    }

    /**
     * The same rules for many at once; the entries' own times are bound by the signature. Of a
     * server that we reach through a peer, that peer may say in its own name who is gone.
     */
    private Vetting batch(Case c, PresenceBatch batch, Server peer, Moment now) {
        if (batch.origin().equals(batch.server())) {
            return told(c, batch.origin(), peer, now);
        }
        return batch.added().isEmpty()
                        && batch.origin().equals(peer.server())
                        && keys.isReachedThrough(peer.server(), batch.server())
                ? told(c, batch.origin(), peer, now)
                : c.refuse(Reason.FOREIGN_SENDER, "server_id is not the server in from");
    }

    /** News of the users of {@code home}, by {@code home}, from whoever is at the other end. */
    private Vetting told(Case c, ServerId home, Server peer, Moment now) {
        boolean fromHome = home.equals(peer.server());
        if (!fromHome && keys.isHeardElsewhere(peer.server(), home)) {
            // The signature does not cover the time: a third server could repeat a removal it once
            // saw, signed and all. Who is linked tells its own news; this also saves the RSA.
            return c.refuse(Reason.HEARSAY, "server " + home + " is linked itself or elsewhere");
        }
        RsaPublicKey key = fromHome ? peer.key() : keys.newsKeyOf(home);
        if (key == null) {
            return c.refuse(Reason.UNKNOWN_ORIGIN, "no key known for server " + home);
        }
        boolean isFresh = window.contains(c.envelope().ts(), now);
        boolean mayBeOld = fromHome || keys.isReachedThrough(peer.server(), home);
        if (!isFresh && !(mayBeOld && c.envelope().ts() < now.epochMs())) {
            return c.refuse(Reason.STALE, window.describe(c.envelope().ts(), now));
        }
        return c.needs(new Requirement.Transport(List.of(key)));
    }

    private Vetting authored(
            Case c, Authored authored, RsaPublicKey key, @Nullable RsaPublicKey hop, Moment now) {
        if (!window.contains(authored.ts(), now)) {
            return c.refuse(Reason.STALE, window.describe(authored.ts(), now));
        }
        if (c.envelope().sig().isEmpty()) {
            if (authored instanceof FilePart && hop == null) {
                // The standard asks for no signature here (SOCP §9.4): the author's link vouches,
                // and we sign what leaves this server.
                return c.needs(LINK_ALONE);
            }
            if (hop == null && c.isProvenByLink() && content == ContentCheck.NEVER) {
                return c.needs(LINK_ALONE);
            }
            if (authored.contentSig().isEmpty()) {
                return c.refuse(Reason.SIGNATURE_MISSING, "neither sig nor content_sig");
            }
        }
        return c.needs(new Requirement.Author(key, authored, hop));
    }

    private Vetting relayed(Case c, Authored authored, Server peer, Moment now) {
        // A peer vouches for the users it hosts or leads to, and for nobody else's.
        boolean hosts =
                vouches(peer, keys.homeOf(authored.author()))
                        || keys.hasLatelyLeft(authored.author(), peer.server());
        RsaPublicKey known = keys.keyOf(authored.author());
        RsaPublicKey key = known == null && hosts ? claimedKey(authored, peer) : known;
        if (key == null) {
            return c.refuse(Reason.UNKNOWN_ORIGIN, "no key known for user " + authored.author());
        }
        if (hosts && c.isProvenByLink() && window.contains(authored.ts(), now)) {
            // As good as the peer's signature would be.
            return c.needs(LINK_ALONE);
        }
        return authored(c, authored, key, hosts ? peer.key() : key, now);
    }

    /**
     * The standard's USER_ADVERTISE has no field for a key: then the message brings its own, or the
     * host's word must do.
     */
    private static RsaPublicKey claimedKey(Authored authored, Server host) {
        String claimed =
                switch (authored) {
                    case MsgPublicChannel text -> text.sealed().senderPub();
                    case MsgDirect direct -> direct.sealed().senderPub();
                    case FilePart _ -> "";
                };
        return RsaPublicKey.read(claimed) instanceof KeyReading.Valid(RsaPublicKey key)
                ? key
                : host.key();
    }

    private Vetting delivered(Case c, ServerDeliver deliver, Server peer, Moment now) {
        if (!window.contains(deliver.ts(), now)) {
            return c.refuse(Reason.STALE, window.describe(deliver.ts(), now));
        }
        ServerId home = keys.homeOf(deliver.author());
        boolean isItsUser =
                !keys.isLocal(deliver.author())
                        && (home == null || home.equals(deliver.server()) || vouches(peer, home));
        if (!isItsUser && !wasItsUser(deliver, peer)) {
            // We vouch for the sender's name towards the reader.
            return c.refuse(
                    Reason.FOREIGN_SENDER,
                    "sender " + deliver.author() + " is no user of " + deliver.server());
        }
        // Of another maker's frame the link proves nothing.
        return c.isProvenByLink() && deliver.server().equals(peer.server())
                ? c.needs(LINK_ALONE)
                : c.needs(transport(deliver.server(), peer));
    }

    /**
     * What a server that goes has taken from its users may come when they are elsewhere already. It
     * was theirs to vouch for then; of users whom it did not have, it says nothing.
     */
    private boolean wasItsUser(ServerDeliver deliver, Server peer) {
        return deliver.server().equals(peer.server())
                && keys.hasLatelyLeft(deliver.author(), peer.server());
    }

    /** Whether the peer is this server, or we reach it through the peer alone. */
    private boolean vouches(Server peer, @Nullable ServerId home) {
        return home != null
                && (home.equals(peer.server()) || keys.isReachedThrough(peer.server(), home));
    }

    /** Members share keys in their own name, and relays pass on what they signed. */
    private Requirement share(Case c, Server peer) {
        UserId user = new UserId(c.envelope().from());
        RsaPublicKey member = keys.keyOf(user);
        if (member == null) {
            return transport(new ServerId(c.envelope().from()), peer);
        }
        ServerId home = keys.isLocal(user) ? null : keys.homeOf(user);
        return new Requirement.Transport(
                home != null && maySpeakFor(home, peer)
                        ? List.of(member, peer.key())
                        : List.of(member));
    }

    /** The key pinned to the origin first; some implementations sign anew what they pass on. */
    private Requirement transport(ServerId origin, Server peer) {
        List<RsaPublicKey> candidates = new ArrayList<>(2);
        RsaPublicKey pinned = keys.newsKeyOf(origin);
        if (pinned != null) {
            candidates.add(pinned);
        }
        boolean counts = pinned == null || maySpeakFor(origin, peer);
        if (counts && !peer.key().equals(pinned)) {
            candidates.add(peer.key());
        }
        return new Requirement.Transport(candidates);
    }

    /**
     * Whether what the peer signs may count as the server's: not where we hear of that server from
     * itself, or from another peer.
     */
    private boolean maySpeakFor(ServerId server, Server peer) {
        return server.equals(peer.server()) || !keys.isHeardElsewhere(peer.server(), server);
    }
}
