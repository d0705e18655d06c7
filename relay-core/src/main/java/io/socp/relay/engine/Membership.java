package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.engine.EngineSettings.MeshTimers;
import io.socp.relay.engine.MeshEntry.Refusal;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Dial;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Rename;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contact;
import io.socp.relay.mesh.ContactId;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerLink.Direction;
import io.socp.relay.mesh.PeerState;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.mesh.PeerTable.Entry;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import io.socp.relay.verify.TlsPeer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Our place in the mesh: whom we dial, how we greet them, and when to try again (SOCP §8.1, §8.4).
 * Event-loop confined to the mesh loop.
 *
 * <p>Every server is greeted with SERVER_HELLO_JOIN, since its welcome says who and what it is; one
 * that does not answer that is greeted with SERVER_ANNOUNCE, which nobody answers. A lost peer is
 * dialled again for ever.
 */
@EventLoopConfined
final class Membership {

    /** Of failed attempts in a row, the operator is told of the first and of each such many. */
    private static final int ATTEMPTS_PER_REPORT = 20;

    /** How long a server may take to welcome us before we try the other greeting. */
    private static final Duration WELCOME_WAIT = Duration.ofSeconds(2);

    private final Self self;
    private final MeshTimers timers;
    private final Contacts contacts;
    private final PeerTable peers;
    private final PeerLinks links;
    private final MeshEntry entry;
    private final Greetings greetings;
    private final Reception reception;
    private final Attendance attendance;
    private final Horizon horizon;
    private final Possession possession;
    private final Conduct conduct;

    Membership(
            Self self,
            MeshTimers timers,
            Contacts contacts,
            PeerTable peers,
            PeerLinks links,
            MeshEntry entry,
            Reception reception,
            Attendance attendance,
            Horizon horizon,
            Possession possession,
            Conduct conduct) {
        this.possession = possession;
        this.self = self;
        this.timers = timers;
        this.contacts = contacts;
        this.peers = peers;
        this.links = links;
        this.entry = entry;
        this.greetings = new Greetings(self, links);
        this.reception = reception;
        this.attendance = attendance;
        this.horizon = horizon;
        this.conduct = conduct;
    }

    void onTick(Moment now, EffectSink sink) {
        for (Contact overdue : contacts.overdue(now.ns())) {
            giveUp(overdue, "no answer in time", now, sink);
        }
        for (Contact unanswered : contacts.unanswered(now.ns())) {
            announce(unanswered, now, sink);
        }
        for (Contact due : contacts.takeDue(now.ns(), now.nsAfter(timers.connectTimeout()))) {
            sink.emit(new Dial(due.id(), due.address(), due.pinned()));
        }
        entry.partWithBanned(now, sink);
        links.onTick(now, sink);
        conduct.onTick(now);
    }

    /**
     * The peer has gone too far: its links from there are closed, its users go with the last,
     * nobody it alone knows of is dialled, and neither is itself until it may come back. A claim
     * loses its own link alone.
     */
    void onMisconduct(ServerId server, @Nullable LinkId claim, Moment now, EffectSink sink) {
        if (claim != null) {
            links.part(claim, now, sink);
            return;
        }
        RsaPublicKey key = peers.keyOf(server);
        for (LinkId link : peers.linksOf(server)) {
            if (conduct.isRefused(server, link, now)) {
                links.part(link, now, sink);
            }
        }
        if (peers.hasProvenLink(server)) {
            // Another end is that server too, and has done nothing.
            return;
        }
        contacts.forgetNamedBy(server);
        horizon.onMisconduct(server);
        if (key != null) {
            peers.addressOf(server)
                    .flatMap(address -> conduct.refusedUntilNs(server, key, address, now))
                    .ifPresent(untilNs -> contacts.rest(server, key, untilNs));
        }
    }

    void onLinkOpened(ContactId id, LinkId link, Moment now, EffectSink sink) {
        Contact contact = contacts.find(id).orElse(null);
        if (contact == null || !(contact.state() instanceof PeerState.Dialing)) {
            sink.emit(new Close(link, CloseReason.NORMAL, "no longer needed"));
            return;
        }
        conduct.onOpened(link);
        sink.emit(new Identify(link, new LinkIdentity.Introducer(contact.pinned())));
        sink.emit(new Send(link, greetings.join(contact, now)));
        // Over TLS it is one of our own, and its welcome says what proves frames: it must come.
        Duration wait = contact.address().overTls() ? timers.connectTimeout() : WELCOME_WAIT;
        contacts.joining(contact, link, now.nsAfter(wait));
    }

    void onDialFailed(ContactId id, String reason, Moment now, EffectSink sink) {
        contacts.find(id)
                .filter(contact -> contact.state() instanceof PeerState.Dialing)
                .ifPresent(contact -> giveUp(contact, reason, now, sink));
    }

    void onGreeting(
            LinkId link, Greeting greeting, Admitted admitted, Moment now, EffectSink sink) {
        switch (admitted.link()) {
            case LinkIdentity.Stranger _ -> {
                conduct.onOpened(link);
                reception.greeted(link, greeting, admitted, now, sink);
            }
            case LinkIdentity.Introducer _ -> {
                Answer answer =
                        new Answer(
                                greeting.server(),
                                greeting.key(),
                                PeerDialect.of(admitted.envelope(), greeting),
                                possession.shownBy(admitted, now),
                                admitted.link().tls(),
                                FrameProof.SIGNATURE);
                contacts.awaitedOn(link)
                        .ifPresent(contact -> answered(contact, link, answer, now, sink));
            }
            case LinkIdentity.Server(ServerId server, _, _) -> {
                // Of a claim, nothing is believed but that it is made.
                if (server.equals(greeting.server()) && peers.isProven(link)) {
                    peers.moved(server, greeting.address());
                    contacts.moved(server, greeting.address());
                }
            }
            case LinkIdentity.User _ ->
                    throw new IllegalStateException("a user's greeting was vetted");
        }
    }

    void onWelcome(
            LinkId link, ServerWelcome welcome, Admitted admitted, Moment now, EffectSink sink) {
        Contact contact = contacts.awaitedOn(link).orElse(null);
        if (contact == null) {
            if (welcome.extensions() != null) {
                // So late that we took it for a server that welcomes nobody.
                links.foundOwnRelay(link);
            }
            onNamed(link, welcome, now, sink);
            return;
        }
        ServerId assigned = welcome.assignedId();
        if (assigned != null && !assigned.equals(self.id())) {
            renamed(contact, assigned, possession.shownBy(admitted, now), now, sink);
            return;
        }
        RsaPublicKey key = shownKey(contact, welcome, admitted.proof());
        Answer answer =
                new Answer(
                        welcome.server(),
                        key,
                        PeerDialect.of(
                                admitted.envelope(),
                                welcome,
                                welcome.key() == null ? key : welcome.key()),
                        possession.shownBy(admitted, now),
                        admitted.link().tls(),
                        MeshEntry.said(welcome.extensions()));
        answered(contact, link, answer, now, sink);
        onNamed(link, welcome, now, sink);
    }

    /** Who was refused names nobody, not even for a hint. */
    private void onNamed(LinkId link, ServerWelcome welcome, Moment now, EffectSink sink) {
        if (links.isLinkOf(link, welcome.server())) {
            horizon.onNamed(link, welcome, now, sink);
        }
    }

    /**
     * A server that does not welcome anyone has signed something on the link we opened: that is it.
     */
    void onSign(LinkId link, ServerId server, Admitted admitted, Moment now, EffectSink sink) {
        if (admitted.link() instanceof LinkIdentity.Introducer
                && possession.shownBy(admitted, now) instanceof Proof.SignedBy(RsaPublicKey key)) {
            contacts.awaitedOn(link)
                    .ifPresent(contact ->
                            answered(
                                    contact,
                                    link,
                                    new Answer(
                                            server,
                                            key,
                                            PeerDialect.of(server, key),
                                            new Proof.SignedBy(key),
                                            admitted.link().tls(),
                                            FrameProof.SIGNATURE),
                                    now,
                                    sink));
        }
    }

    void onLinkClosed(LinkId link, Moment now, EffectSink sink) {
        contacts.awaitedOn(link)
                .ifPresent(contact -> giveUp(contact, "closed the link", now, sink));
        ServerId server = peers.serverOf(link);
        links.onClosed(link, now, sink);
        if (server != null) {
            horizon.onLinkClosed(server);
        }
    }

    /** Who the other end of a link that we opened turned out to be. */
    private record Answer(
            ServerId server,
            RsaPublicKey key,
            PeerDialect dialect,
            Proof proof,
            TlsPeer tls,
            FrameProof said) {}

    private void answered(
            Contact contact, LinkId link, Answer answer, Moment now, EffectSink sink) {
        KnownServer server = new KnownServer(answer.server(), contact.address(), answer.key());
        if (entry.isOurselves(server)) {
            contacts.foundOurselves(contact);
            sink.emit(new Close(link, CloseReason.NORMAL, "this is ourselves"));
            return;
        }
        boolean isProven = answer.proof() instanceof Proof.SignedBy;
        PeerLink joined =
                MeshEntry.offered(
                        new PeerLink(link, Direction.OUTBOUND, isProven),
                        server,
                        answer.tls(),
                        answer.said());
        Optional<Refusal> refusal = entry.refusal(server, joined, answer.proof(), now);
        if (refusal.isPresent()) {
            entry.refuse(link, server, refusal.get(), now, sink);
            giveUp(contact, refusal.get().detail(), now, sink);
            conduct.refusedUntilNs(server.server(), server.key(), link, now)
                    .ifPresent(untilNs -> contacts.rest(server.server(), server.key(), untilNs));
            return;
        }
        Self face = self.towards(answer.dialect());
        if (!face.id().equals(self.id())) {
            // It knows nobody by the name we came with.
            sink.emit(new Send(link, Greetings.join(face, contact, now)));
        }
        if (contact.state() instanceof PeerState.AwaitingWelcome) {
            sink.emit(new Send(link, Greetings.announcement(face, now)));
        }
        contacts.welcomed(contact, server.server());
        join(server, joined, answer.dialect(), now, sink);
        if (isProven) {
            contacts.learn(server.server(), server.address(), server.key(), now.ns());
            contacts.linked(server.server(), server.key());
        }
    }

    /** Our JOIN found no answer: perhaps the server knows the other greeting. */
    private void announce(Contact contact, Moment now, EffectSink sink) {
        if (entry.owesWelcome(contact)) {
            giveUp(contact, "no welcome, which this server owes us", now, sink);
            return;
        }
        LinkId link = contact.awaiting().orElseThrow();
        ServerId server = contact.server();
        RsaPublicKey pinned = contact.pinned();
        PeerDialect dialect = greetings.expected(contact);
        sink.emit(new Send(link, Greetings.announcement(self.towards(dialect), now)));
        if (server == null || pinned == null) {
            contacts.announcedToUnknown(contact, now.nsAfter(timers.deadAfter()));
        } else if (entry.isBanned(server, now)) {
            giveUp(contact, MeshEntry.BANNED, now, sink);
        } else {
            switch (entryFor(server, pinned)) {
                case OPEN -> {
                    contacts.announced(contact, server);
                    var known = new KnownServer(server, contact.address(), pinned);
                    join(known, new PeerLink(link, Direction.OUTBOUND, false), dialect, now, sink);
                }
                case WRONG_KEY, CLAIMED ->
                        giveUp(contact, "another key is pinned to " + server, now, sink);
                case FULL -> giveUp(contact, MeshEntry.NO_ROOM, now, sink);
            }
        }
    }

    private void join(
            KnownServer server, PeerLink link, PeerDialect dialect, Moment now, EffectSink sink) {
        links.join(server, link, dialect, now, sink);
        attendance.introduceUsers(link.link(), now, sink);
    }

    /** Whether a server may join of which only this key is known. */
    private Entry entryFor(ServerId server, RsaPublicKey pinned) {
        Entry found = peers.entryFor(server, pinned);
        return found == Entry.CLAIMED && entry.outdoesClaims(pinned, new Proof.FirstContact())
                ? Entry.OPEN
                : found;
    }

    /**
     * The introducer knows another server under our id (SOCP §8.1). We take the id it assigns only
     * from a server whose key the bootstrap file pins: any other could rename us at will.
     */
    private void renamed(
            Contact contact, ServerId assigned, Proof proof, Moment now, EffectSink sink) {
        boolean isTrusted =
                contact.origin() == Contact.Origin.BOOTSTRAP_FILE
                        && contact.pinned() != null
                        && proof instanceof Proof.SignedBy
                        && IdRule.UUID_V4.accepts(assigned.value());
        String reason = "the introducer has another server under our id and assigned " + assigned;
        giveUp(contact, reason, now, sink);
        if (isTrusted) {
            sink.emit(new Rename(assigned));
        }
    }

    private void giveUp(Contact contact, String reason, Moment now, EffectSink sink) {
        contact.awaiting()
                .ifPresent(link -> sink.emit(new Close(link, CloseReason.NORMAL, reason)));
        if (contact.attempt() % ATTEMPTS_PER_REPORT == 0) {
            Notice news = Notice.warn("server at {} not reached: {}; trying on");
            HostPort at = contact.address();
            sink.emit(new Report(news.with("address", at).with("detail", reason)));
        }
        contacts.failed(contact, now.ns());
        // Perhaps it has dialled us meanwhile.
        peers.proven().stream()
                .filter(peer -> contact.isAbout(peer.server(), peer.key()))
                .findFirst()
                .ifPresent(peer -> contacts.linked(peer.server(), peer.key()));
    }

    /** The key that proves the welcome; where nothing does, the one we know or are told. */
    private RsaPublicKey shownKey(Contact contact, ServerWelcome welcome, Proof proof) {
        if (proof instanceof Proof.SignedBy(RsaPublicKey key)) {
            return key;
        }
        return Stream.of(contact.pinned(), peers.keyOf(welcome.server()), welcome.key())
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("a welcome was vetted without any key"));
    }
}
