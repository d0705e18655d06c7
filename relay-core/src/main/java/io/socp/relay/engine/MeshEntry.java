package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.limit.Bans;
import io.socp.relay.mesh.Contact;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.FarServer;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.Proof;
import io.socp.relay.verify.TlsPeer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a server that has introduced itself may have its link. Event-loop confined to
 * the mesh loop.
 */
@EventLoopConfined
final class MeshEntry {

    /** Servers linked at once of which nothing is proven: the table is for others. */
    static final int CLAIMS_MAX = 256;

    /** Why a server has no link where we know as many as we may. */
    static final String NO_ROOM = "no room for another server";

    private final Self self;
    private final Contacts contacts;
    private final PeerTable peers;
    private final FarServers far;
    private final Attendance attendance;
    private final Conduct conduct;
    private final Bans bans;

    /** Why a server has no link whom the operator has shut out. */
    static final String BANNED = "server is banned";

    /**
     * Why not, in words for the other end.
     *
     * @param isNews whether the operator has not been told yet
     */
    record Refusal(ErrorCode code, String detail, boolean isNews) {}

    MeshEntry(
            Self self,
            Contacts contacts,
            PeerTable peers,
            FarServers far,
            Attendance attendance,
            Conduct conduct,
            Bans bans) {
        this.bans = bans;
        this.self = self;
        this.contacts = contacts;
        this.peers = peers;
        this.far = far;
        this.attendance = attendance;
        this.conduct = conduct;
    }

    /** Whether the operator has shut the server out. */
    boolean isBanned(ServerId server, Moment now) {
        return bans.find(Bans.Kind.SERVER, server.value(), now.epochMs()) != null;
    }

    /** Closes the links of who has come in in the very moment of being shut out. */
    void partWithBanned(Moment now, EffectSink sink) {
        if (bans.isEmpty()) {
            return;
        }
        for (ServerId server : List.copyOf(peers.active())) {
            if (isBanned(server, now)) {
                peers.linksOf(server)
                        .forEach(link -> sink.emit(new Close(link, CloseReason.POLICY, BANNED)));
            }
        }
    }

    /** Whether we have met ourselves. */
    boolean isOurselves(KnownServer server) {
        return server.server().equals(self.id()) && server.key().equals(self.key());
    }

    /** What a greeting says of its sender. */
    static KnownServer presented(Greeting greeting) {
        return new KnownServer(greeting.server(), greeting.address(), greeting.key());
    }

    /**
     * Whether the server has come under an id that is another's: it is told a fresh one (SOCP
     * §8.1), if it holds the key it shows and asks to join.
     */
    boolean needsAnotherId(LinkId link, Greeting greeting, Proof proof) {
        ServerId id = greeting.server();
        RsaPublicKey pinned = id.equals(self.id()) ? self.key() : keyOf(id);
        return greeting instanceof ServerHelloJoin
                && proof instanceof Proof.SignedBy
                && pinned != null
                && !pinned.equals(greeting.key())
                && !greeting.key().equals(self.key())
                && !attendance.isIntroduced(link)
                && !contacts.contradicts(greeting.address(), greeting.key());
    }

    /** Refuses the link, and says why to the other end and to the operator. */
    void refuse(LinkId link, KnownServer server, Refusal refusal, Moment now, EffectSink sink) {
        String id = server.server().value();
        sink.emit(self.error(link, id, refusal.code(), refusal.detail(), now));
        sink.emit(new Close(link, CloseReason.POLICY, refusal.code().name()));
        if (refusal.isNews()) {
            Notice news = Notice.warn("server {} refused: {}");
            sink.emit(new Report(news.with("peer", id).with("detail", refusal.detail())));
        }
    }

    /**
     * Why the server may not have this link, if so.
     *
     * @param offered the link as it would be
     */
    Optional<Refusal> refusal(KnownServer server, PeerLink offered, Proof proof, Moment now) {
        LinkId link = offered.link();
        ServerId id = server.server();
        if (isBanned(id, now)) {
            return Optional.of(new Refusal(ErrorCode.NAME_IN_USE, BANNED, false));
        }
        if (conduct.refusedUntilNs(id, server.key(), link, now).isPresent()) {
            // One of the standard's six codes; what it says stands in the detail.
            String detail = "refused for a while because of its conduct";
            return Optional.of(new Refusal(ErrorCode.NAME_IN_USE, detail, false));
        }
        if (attendance.isIntroduced(link)) {
            return refused(ErrorCode.NAME_IN_USE, "this link has introduced itself already");
        }
        if (id.equals(self.id()) || server.key().equals(self.key())) {
            return refused(ErrorCode.NAME_IN_USE, "this id or key is taken");
        }
        if (peers.isTaken(server.key(), id)) {
            // One key is one server, however many ids it uses.
            return refused(ErrorCode.NAME_IN_USE, "this key is linked under another id");
        }
        if (contacts.contradicts(server.address(), server.key())) {
            return refused(
                    ErrorCode.BAD_KEY,
                    "the bootstrap file pins another key to " + server.address());
        }
        if (proof instanceof Proof.FirstContact && peers.signsGreetings(id)) {
            // Nobody takes its place without its key; the key itself is public.
            return refused(
                    ErrorCode.INVALID_SIG,
                    "this server signs its greetings, and this one is unsigned or too old");
        }
        RsaPublicKey expected = keyOf(id);
        if (expected != null && !expected.equals(server.key())) {
            return refused(ErrorCode.BAD_KEY, "another key is pinned to " + id);
        }
        if (offered.frames() != FrameProof.LINK && peers.framesOf(id) == FrameProof.LINK) {
            return refused(
                    ErrorCode.INVALID_SIG,
                    "this server had links that TLS authenticates, and has no other: "
                            + missing(offered));
        }
        if (!offered.isBound() && peers.hasBoundLink(id)) {
            // A greeting can be repeated, a handshake cannot.
            return refused(
                    ErrorCode.NAME_IN_USE,
                    "this server is linked over TLS, and nothing shows that this link is its own");
        }
        if (proof instanceof Proof.FirstContact && isSaidOtherwise(server)) {
            return refused(
                    ErrorCode.INVALID_SIG,
                    "others name another key for this server, and this greeting is not signed");
        }
        if (proof instanceof Proof.FirstContact && peers.claims() >= CLAIMS_MAX) {
            return refused(ErrorCode.NAME_IN_USE, NO_ROOM);
        }
        return switch (peers.entryFor(id, server.key())) {
            case OPEN -> Optional.empty();
            case CLAIMED ->
                    outdoesClaims(server.key(), proof)
                            ? Optional.empty()
                            : refused(ErrorCode.BAD_KEY, "another key is claimed for " + id);
            case WRONG_KEY ->
                    throw new IllegalStateException("the key of " + id + " was looked at");
            case FULL -> refused(ErrorCode.NAME_IN_USE, NO_ROOM);
        };
    }

    /** What a link lacks of one that proves its frames, as what to look at first. */
    private static String missing(PeerLink offered) {
        if (!offered.isBound()) {
            return "dial wss://";
        }
        return offered.proven()
                ? "say link_auth in ext"
                : "this greeting is unsigned, or its ts too far from our clock";
    }

    /**
     * The key that a server of this id must have: the pinned one, or else the one named by a peer
     * whose own key the bootstrap file pins, since whom the operator trusts is believed rather than
     * whoever dials. Null where there is none.
     */
    private @Nullable RsaPublicKey keyOf(ServerId id) {
        RsaPublicKey pinned = peers.keyOf(id);
        FarServer said = far.find(id);
        if (pinned != null || said == null) {
            return pinned;
        }
        RsaPublicKey teller = peers.keyOf(said.namedBy());
        return teller != null && contacts.isPinned(teller) ? said.key() : null;
    }

    /**
     * The link that a server has introduced itself on.
     *
     * @param said by what the server has said that frames are proven there; believed where the
     *     handshake and a signature have shown that it is the server's
     */
    static PeerLink offered(PeerLink plain, KnownServer server, TlsPeer tls, FrameProof said) {
        boolean isBound = isBound(tls, server);
        return new PeerLink(
                plain.link(),
                plain.direction(),
                plain.proven(),
                isBound,
                plain.proven() && isBound ? said : FrameProof.SIGNATURE);
    }

    /** By what a server says that frames are proven on the link where it says so. */
    static FrameProof said(@Nullable JsonObject extensions) {
        return extensions != null && extensions.get(LinkChallenge.FIELD) == JsonLiteral.TRUE
                ? FrameProof.LINK
                : FrameProof.SIGNATURE;
    }

    /** Whether the server has a welcome for us, and no link without one. */
    boolean owesWelcome(Contact contact) {
        ServerId server = contact.server();
        return contact.address().overTls()
                || (server != null && peers.framesOf(server) == FrameProof.LINK);
    }

    /** Whether the handshake has shown the server's key. */
    private static boolean isBound(TlsPeer tls, KnownServer server) {
        return tls instanceof TlsPeer.Proven(RsaPublicKey key) && key.equals(server.key());
    }

    /** Whether those give way to this key who claim another one and have shown nothing. */
    boolean outdoesClaims(RsaPublicKey key, Proof proof) {
        return proof instanceof Proof.SignedBy || contacts.isPinned(key);
    }

    /** Whether peers name the server, which we do not know ourselves, with another key. */
    private boolean isSaidOtherwise(KnownServer server) {
        RsaPublicKey said = far.keyOf(server.server());
        return peers.keyOf(server.server()) == null && said != null && !said.equals(server.key());
    }

    private static Optional<Refusal> refused(ErrorCode code, String detail) {
        return Optional.of(new Refusal(code, detail, true));
    }
}
