package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.engine.EngineSettings.MeshTimers;
import io.socp.relay.engine.MeshEntry.Refusal;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Dial;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contact;
import io.socp.relay.mesh.ContactId;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.Heartbeats;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerLink.Direction;
import io.socp.relay.mesh.PeerState;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.mesh.SpareLinks;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerAnnounce;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.message.MeshMessage.ServerHelloLink;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Our place in the mesh: whom we dial, whom we welcome, who lives (SOCP §8.1, §8.4, §11).
 * Event-loop confined to the mesh loop.
 *
 * <p>An introducer is greeted with SERVER_HELLO_JOIN and answers with whom it knows; those are
 * dialled and greeted with SERVER_ANNOUNCE. A lost peer is dialled again for ever.
 */
@EventLoopConfined
final class Membership {

    /**
     * Of a row of failed attempts, the operator is told of the first and then of each such many.
     */
    private static final int ATTEMPTS_PER_REPORT = 20;

    /** Servers named in one welcome: a row is about 0.9 KiB, and a frame at most 256 KiB long. */
    private static final int WELCOME_SERVERS_MAX = 200;

    private final Self self;
    private final MeshTimers timers;
    private final Contacts contacts;
    private final PeerTable peers;
    private final Attendance attendance;
    private final Heartbeats heartbeats;

    private final SpareLinks spares;
    private final Sweeps sweeps;
    private final MeshEntry entry;

    Membership(
            Self self,
            MeshTimers timers,
            Contacts contacts,
            PeerTable peers,
            Attendance attendance,
            Heartbeats heartbeats) {
        this.self = self;
        this.timers = timers;
        this.contacts = contacts;
        this.peers = peers;
        this.attendance = attendance;
        this.heartbeats = heartbeats;
        this.spares = new SpareLinks(peers);
        this.sweeps = new Sweeps(attendance);
        this.entry = new MeshEntry(self, contacts, peers, attendance);
    }

    void onTick(Moment now, EffectSink sink) {
        for (Contact overdue : contacts.overdue(now.ns())) {
            giveUp(overdue, "no answer in time", now, sink);
        }
        for (Contact due : contacts.takeDue(now.ns(), after(timers.connectTimeout(), now))) {
            sink.emit(new Dial(due.id(), due.address()));
        }
        if (heartbeats.takeDue(now.ns()) && !peers.allLinks().isEmpty()) {
            sink.emit(
                    new Send(
                            List.copyOf(peers.allLinks()),
                            self.toAll(new Heartbeat(self.id()), now.epochMs())));
        }
        for (LinkId silent : heartbeats.silent(now.ns())) {
            onSilent(silent, now, sink);
        }
        for (LinkId spare : spares.takeDue(now.ns())) {
            sink.emit(new Close(spare, CloseReason.NORMAL, "second link to the same server"));
        }
        sweeps.onTick(now, sink);
    }

    void onHeard(LinkId link, Moment now) {
        if (peers.serverOf(link) != null) {
            heartbeats.heard(link, now.ns());
        }
    }

    /** A peer's HEARTBEAT, verified: the link is what we took it for. */
    void onHeartbeat(LinkId link, Moment now) {
        ServerId server = peers.serverOf(link);
        RsaPublicKey key = server == null ? null : peers.keyOf(server);
        if (server != null && key != null) {
            heartbeats.heard(link, now.ns());
            peers.addressOf(server)
                    .ifPresent(address -> contacts.learn(server, address, key, now.ns()));
            contacts.linked(server, key);
        }
    }

    void onLinkOpened(ContactId id, LinkId link, Moment now, EffectSink sink) {
        Contact contact = contacts.find(id).orElse(null);
        if (contact == null || !(contact.state() instanceof PeerState.Dialing)) {
            sink.emit(new Close(link, CloseReason.NORMAL, "no longer needed"));
            return;
        }
        ServerId server = contact.server();
        RsaPublicKey pinned = contact.pinned();
        if (contact.origin() == Contact.Origin.MESH && server != null && pinned != null) {
            announce(contact, new KnownServer(server, contact.address(), pinned), link, now, sink);
            return;
        }
        sink.emit(new Identify(link, new LinkIdentity.Introducer(pinned)));
        var join = new ServerHelloJoin(self.id(), self.advertised(), self.key());
        sink.emit(new Send(link, self.to(contact.address(), join, now.epochMs())));
        contacts.joining(contact, link, after(timers.connectTimeout(), now));
    }

    void onDialFailed(ContactId id, String reason, Moment now, EffectSink sink) {
        contacts.find(id)
                .filter(contact -> contact.state() instanceof PeerState.Dialing)
                .ifPresent(contact -> giveUp(contact, reason, now, sink));
    }

    void onGreeting(
            LinkId link, Greeting greeting, Admitted admitted, Moment now, EffectSink sink) {
        switch (admitted.link()) {
            case LinkIdentity.Stranger _ -> greeted(link, greeting, admitted.proof(), now, sink);
            case LinkIdentity.Introducer _ ->
                    contacts.awaitingWelcomeOn(link)
                            .ifPresent(contact -> welcomed(contact, link, of(greeting), now, sink));
            case LinkIdentity.Server(ServerId server, _) -> {
                if (server.equals(greeting.server())) {
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
        Contact contact = contacts.awaitingWelcomeOn(link).orElse(null);
        if (contact == null) {
            return;
        }
        ServerId assigned = welcome.assignedId();
        if (assigned != null && !assigned.equals(self.id())) {
            String reason =
                    "the introducer has another server under our id and assigned "
                            + welcome.assignedId();
            giveUp(contact, reason, now, sink);
            return;
        }
        KnownServer introducer =
                new KnownServer(welcome.server(), contact.address(), provenKey(welcome, admitted));
        welcomed(contact, link, introducer, now, sink);
        for (KnownServer known : welcome.servers()) {
            if (!known.server().equals(self.id()) && !known.key().equals(self.key())) {
                contacts.learn(known.server(), known.address(), known.key(), now.ns());
            }
        }
    }

    void onLinkClosed(LinkId link, Moment now, EffectSink sink) {
        lose(link, timers.settle(), now, sink);
    }

    /**
     * The link is dead, and what was sent on it lately is lost. Its users have had their time and
     * go with the peer's last link. If we sent on this one, the others are closed as well, so that
     * both sides start anew and name all their users.
     */
    private void onSilent(LinkId link, Moment now, EffectSink sink) {
        ServerId server = peers.serverOf(link);
        boolean wasActive = server != null && link.equals(peers.linkTo(server));
        String text = "no frame for " + timers.deadAfter().toSeconds() + " s";
        sink.emit(new Close(link, CloseReason.GOING_AWAY, text));
        lose(link, Duration.ZERO, now, sink);
        if (server != null && wasActive) {
            for (LinkId other : peers.linksOf(server)) {
                sink.emit(new Close(other, CloseReason.GOING_AWAY, "starting anew"));
                lose(other, timers.settle(), now, sink);
            }
        }
    }

    /** The link is gone; if it was the peer's last, its users go unless named within the grace. */
    private void lose(LinkId link, Duration grace, Moment now, EffectSink sink) {
        spares.forget(link);
        heartbeats.forget(link);
        contacts.awaitingWelcomeOn(link)
                .ifPresent(contact -> giveUp(contact, "closed the link", now, sink));
        ServerId server = peers.serverOf(link);
        switch (peers.leave(link)) {
            case WENT_DOWN -> {
                if (server == null) {
                    throw new IllegalStateException("a peer's link belongs to a server");
                }
                contacts.unlinked(server, now.ns());
                sweeps.schedule(server, now.ns(), after(grace, now));
                sink.emit(new Report(Notice.warn("peer " + server + " lost")));
            }
            case STILL_UP, NOT_A_PEER -> {}
        }
    }

    /** A server has connected to us. */
    private void greeted(LinkId link, Greeting greeting, Proof proof, Moment now, EffectSink sink) {
        KnownServer stranger = of(greeting);
        if (entry.isOurselves(stranger)) {
            // The welcome tells the dialling end, which is us, whom it has found.
            sink.emit(answer(link, greeting, now));
            return;
        }
        Optional<Refusal> refusal = entry.refusal(link, stranger, proof);
        if (refusal.isPresent()) {
            refuse(link, stranger, refusal.get(), now, sink);
            return;
        }
        // The answer goes first: once joined, any thread may write on the link.
        sink.emit(answer(link, greeting, now));
        join(stranger, new PeerLink(link, Direction.INBOUND), now, sink);
        switch (proof) {
            case Proof.SignedBy _ -> {
                contacts.learn(stranger.server(), stranger.address(), stranger.key(), now.ns());
                contacts.moved(stranger.server(), stranger.address());
                contacts.linked(stranger.server(), stranger.key());
            }
            // A claim: it moves nobody and is dialled by nobody until a heartbeat proves it.
            case Proof.FirstContact _, Proof.LinkOnly _, Proof.ContentSignedBy _ -> {}
        }
        attendance.introduceUsers(link, now, sink);
    }

    private RelayEffect answer(LinkId link, Greeting greeting, Moment now) {
        ServerId server = greeting.server();
        return switch (greeting) {
            case ServerHelloJoin _, ServerHelloLink _ ->
                    new Send(link, self.to(server, welcomeFor(server), now.epochMs()));
            case ServerAnnounce _ ->
                    new Send(link, self.toAll(new Heartbeat(self.id()), now.epochMs()));
        };
    }

    /** An introducer has answered our JOIN. */
    private void welcomed(
            Contact contact, LinkId link, KnownServer introducer, Moment now, EffectSink sink) {
        if (entry.isOurselves(introducer)) {
            contacts.foundOurselves(contact);
            sink.emit(new Close(link, CloseReason.NORMAL, "this is ourselves"));
            return;
        }
        Optional<Refusal> refusal =
                entry.refusal(link, introducer, new Proof.SignedBy(introducer.key()));
        if (refusal.isPresent()) {
            refuse(link, introducer, refusal.get(), now, sink);
            giveUp(contact, refusal.get().detail(), now, sink);
            return;
        }
        contacts.welcomed(contact, introducer.server());
        sink.emit(new Send(link, announcement(now)));
        join(introducer, new PeerLink(link, Direction.OUTBOUND), now, sink);
        contacts.learn(introducer.server(), introducer.address(), introducer.key(), now.ns());
        contacts.linked(introducer.server(), introducer.key());
        attendance.introduceUsers(link, now, sink);
    }

    /** The link to a server that a peer told us of is open: nobody answers an announcement. */
    private void announce(
            Contact contact, KnownServer server, LinkId link, Moment now, EffectSink sink) {
        if (peers.entryFor(server.server(), server.key()) != PeerTable.Entry.OPEN) {
            sink.emit(new Close(link, CloseReason.NORMAL, "not this server"));
            giveUp(contact, "another key is pinned to " + server.server(), now, sink);
            return;
        }
        contacts.announced(contact, server.server());
        sink.emit(new Send(link, announcement(now)));
        join(server, new PeerLink(link, Direction.OUTBOUND), now, sink);
        attendance.introduceUsers(link, now, sink);
    }

    private OutboundFrame announcement(Moment now) {
        var announce = new ServerAnnounce(self.id(), self.advertised(), self.key());
        return self.toAll(announce, now.epochMs());
    }

    /** Takes the link as one of this peer's. */
    private void join(KnownServer peer, PeerLink link, Moment now, EffectSink sink) {
        ServerId server = peer.server();
        switch (peers.join(server, peer.key(), peer.address(), link)) {
            case CAME_UP -> {
                sweeps.schedule(server, now.ns(), after(timers.settle(), now));
                sink.emit(
                        new Report(Notice.info("peer " + server + " linked at " + peer.address())));
            }
            case EXTRA_LINK -> {
                spares.add(peers.superfluousLinks(server), after(timers.settle(), now));
                if (link.direction() == Direction.INBOUND) {
                    // It may have lost the other link, and a removal with it; it names all anew.
                    sweeps.schedule(server, now.ns(), after(timers.settle(), now));
                }
            }
        }
        heartbeats.heard(link.link(), now.ns());
        sink.emit(new Identify(link.link(), new LinkIdentity.Server(server, peer.key())));
    }

    private ServerWelcome welcomeFor(ServerId joiner) {
        List<KnownServer> known =
                peers.linked().stream()
                        .filter(peer -> !peer.server().equals(joiner))
                        .limit(WELCOME_SERVERS_MAX)
                        .map(p -> new KnownServer(p.server(), p.address(), p.key()))
                        .toList();
        return new ServerWelcome(self.id(), joiner, self.key(), known);
    }

    private void giveUp(Contact contact, String reason, Moment now, EffectSink sink) {
        if (contact.state() instanceof PeerState.AwaitingWelcome(_, LinkId link, _)) {
            sink.emit(new Close(link, CloseReason.NORMAL, reason));
        }
        if (contact.attempt() % ATTEMPTS_PER_REPORT == 0) {
            String text =
                    "server at " + contact.address() + " not reached: " + reason + "; trying on";
            sink.emit(new Report(Notice.warn(text)));
        }
        contacts.failed(contact, now.ns());
        // Perhaps it has dialled us meanwhile.
        peers.linked().stream()
                .filter(peer -> contact.isAbout(peer.server(), peer.key()))
                .findFirst()
                .ifPresent(peer -> contacts.linked(peer.server(), peer.key()));
    }

    private void refuse(
            LinkId link, KnownServer server, Refusal refusal, Moment now, EffectSink sink) {
        String id = server.server().value();
        sink.emit(self.error(link, id, refusal.code(), refusal.detail(), now));
        sink.emit(new Close(link, CloseReason.POLICY, refusal.code().name()));
        sink.emit(new Report(Notice.warn("server " + id + " refused: " + refusal.detail())));
    }

    private static KnownServer of(Greeting greeting) {
        return new KnownServer(greeting.server(), greeting.address(), greeting.key());
    }

    private static RsaPublicKey provenKey(ServerWelcome welcome, Admitted admitted) {
        return switch (admitted.proof()) {
            case Proof.SignedBy(RsaPublicKey key) -> key;
            case Proof.ContentSignedBy _, Proof.FirstContact _, Proof.LinkOnly _ -> {
                RsaPublicKey claimed = welcome.key();
                if (claimed == null) {
                    throw new IllegalStateException("an unsigned welcome was vetted without a key");
                }
                yield claimed;
            }
        };
    }

    private static long after(Duration delay, Moment now) {
        return now.ns() + delay.toNanos();
    }
}
