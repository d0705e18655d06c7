package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.engine.EngineSettings.MeshTimers;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Dial;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contact;
import io.socp.relay.mesh.ContactId;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.Heartbeats;
import io.socp.relay.mesh.Peer;
import io.socp.relay.mesh.PeerLink;
import io.socp.relay.mesh.PeerLink.Direction;
import io.socp.relay.mesh.PeerState;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.ErrorCode;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerAnnounce;
import io.socp.relay.message.MeshMessage.ServerHelloJoin;
import io.socp.relay.message.MeshMessage.ServerHelloLink;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.Proof;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Our place in the mesh: whom we dial, whom we welcome, who lives (SOCP §8.1, §8.4, §11).
 * Event-loop confined to the mesh loop.
 *
 * <p>An introducer is greeted with SERVER_HELLO_JOIN and answers with whom it knows; those are
 * dialled and greeted with SERVER_ANNOUNCE. A lost peer is dialled again for ever.
 */
@EventLoopConfined
final class Membership {

    /** Of a row of failed attempts, the operator is told of the first and then of each such many. */
    private static final int ATTEMPTS_PER_REPORT = 20;

    private final Self self;
    private final MeshTimers timers;
    private final Contacts contacts;
    private final PeerTable peers;
    private final Attendance attendance;
    private final Heartbeats heartbeats;

    /** Links that a better one has replaced, and when they are closed, monotonic ns. */
    private final Map<LinkId, Long> retiringAtNs = new HashMap<>();

    /** Servers whose users must have been named since, or are dropped. */
    private final Map<ServerId, Sweep> sweeps = new HashMap<>();

    private record Sweep(long sinceNs, long dueNs) {}

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
            String text = "no frame for " + timers.deadAfter().toSeconds() + " s";
            sink.emit(new Close(silent, CloseReason.GOING_AWAY, text));
            onLinkClosed(silent, now, sink);
        }
        retire(now, sink);
        sweep(now, sink);
    }

    void onHeard(LinkId link, Moment now) {
        if (peers.serverOf(link) != null) {
            heartbeats.heard(link, now.ns());
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
            var announce = new ServerAnnounce(self.id(), self.advertised(), self.key());
            sink.emit(new Send(link, self.toAll(announce, now.epochMs())));
            var peer = new Peer(server, pinned, contact.address(), List.of());
            if (join(peer, new PeerLink(link, Direction.OUTBOUND), now, sink)) {
                attendance.introduceUsers(link, sink);
            }
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

    void onGreeting(LinkId link, Greeting greeting, Admitted admitted, Moment now, EffectSink sink) {
        switch (admitted.link()) {
            case LinkIdentity.Stranger _ -> greeted(link, greeting, admitted.proof(), now, sink);
            case LinkIdentity.Introducer _ ->
                    welcomed(
                            link,
                            new KnownServer(greeting.server(), greeting.address(), greeting.key()),
                            now,
                            sink);
            case LinkIdentity.Server(ServerId server, _) -> {
                if (server.equals(greeting.server())) {
                    peers.moved(server, greeting.address());
                    contacts.learn(server, greeting.address(), greeting.key(), now.ns());
                }
            }
            case LinkIdentity.User _ ->
                    throw new IllegalStateException("a user's greeting was vetted");
        }
    }

    void onWelcome(LinkId link, ServerWelcome welcome, Admitted admitted, Moment now, EffectSink sink) {
        Contact contact = contacts.awaitingWelcomeOn(link).orElse(null);
        if (contact == null) {
            return;
        }
        if (welcome.server().equals(self.id())) {
            contacts.foundOurselves(contact);
            sink.emit(new Close(link, CloseReason.NORMAL, "this is ourselves"));
            return;
        }
        if (!welcome.assignedId().equals(self.id())) {
            String reason =
                    "the introducer has another server under our id and assigned "
                            + welcome.assignedId();
            sink.emit(new Close(link, CloseReason.POLICY, "assigned_id"));
            giveUp(contact, reason, now, sink);
            return;
        }
        KnownServer introducer =
                new KnownServer(welcome.server(), contact.address(), provenKey(welcome, admitted));
        welcomed(link, introducer, now, sink);
        for (KnownServer known : welcome.servers()) {
            if (!known.server().equals(self.id()) && !known.key().equals(self.key())) {
                contacts.learn(known.server(), known.address(), known.key(), now.ns());
            }
        }
    }

    void onLinkClosed(LinkId link, Moment now, EffectSink sink) {
        retiringAtNs.remove(link);
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
                sweeps.put(server, new Sweep(now.ns(), after(timers.settle(), now)));
                sink.emit(new Report(Notice.warn("peer " + server + " lost")));
            }
            case STILL_UP, NOT_A_PEER -> {}
        }
    }

    /** A server has connected to us. */
    private void greeted(
            LinkId link, Greeting greeting, Proof proof, Moment now, EffectSink sink) {
        ServerId server = greeting.server();
        boolean ourselves = server.equals(self.id()) && greeting.key().equals(self.key());
        if (ourselves) {
            // The welcome tells the dialling end, which is us, whom it has found.
            sink.emit(new Send(link, self.to(server, welcomeFor(server), now.epochMs())));
            return;
        }
        if (server.equals(self.id())) {
            refuse(link, server, ErrorCode.NAME_IN_USE, "this id is taken", now, sink);
            return;
        }
        if (proof instanceof Proof.FirstContact && peers.linkTo(server) != null) {
            // Nobody takes over a living peer's place without its key.
            refuse(
                    link,
                    server,
                    ErrorCode.INVALID_SIG,
                    "this server is linked already: a further greeting must be signed",
                    now,
                    sink);
            return;
        }
        var peer = new Peer(server, greeting.key(), greeting.address(), List.of());
        if (!join(peer, new PeerLink(link, Direction.INBOUND), now, sink)) {
            return;
        }
        switch (greeting) {
            case ServerHelloJoin _, ServerHelloLink _ ->
                    sink.emit(new Send(link, self.to(server, welcomeFor(server), now.epochMs())));
            case ServerAnnounce _ ->
                    sink.emit(
                            new Send(
                                    link,
                                    self.toAll(new Heartbeat(self.id()), now.epochMs())));
        }
        attendance.introduceUsers(link, sink);
    }

    /** An introducer has answered our JOIN. */
    private void welcomed(LinkId link, KnownServer introducer, Moment now, EffectSink sink) {
        Contact contact = contacts.awaitingWelcomeOn(link).orElse(null);
        if (contact == null) {
            return;
        }
        var peer =
                new Peer(
                        introducer.server(), introducer.key(), introducer.address(), List.of());
        contacts.linked(contact, introducer.server());
        if (join(peer, new PeerLink(link, Direction.OUTBOUND), now, sink)) {
            var announce = new ServerAnnounce(self.id(), self.advertised(), self.key());
            sink.emit(new Send(link, self.toAll(announce, now.epochMs())));
            attendance.introduceUsers(link, sink);
        }
    }

    /** Takes the link as one of this peer's; false when it is refused instead. */
    private boolean join(Peer peer, PeerLink link, Moment now, EffectSink sink) {
        ServerId server = peer.server();
        switch (peers.join(server, peer.key(), peer.address(), link)) {
            case CAME_UP -> {
                sweeps.put(server, new Sweep(now.ns(), after(timers.settle(), now)));
                sink.emit(
                        new Report(Notice.info("peer " + server + " linked at " + peer.address())));
            }
            case EXTRA_LINK -> {
                for (LinkId superfluous : peers.superfluousLinks(server)) {
                    retiringAtNs.putIfAbsent(superfluous, after(timers.settle(), now));
                }
            }
            case WRONG_KEY -> {
                refuse(
                        link.link(),
                        server,
                        ErrorCode.BAD_KEY,
                        "another key is pinned to " + server,
                        now,
                        sink);
                return false;
            }
            case FULL -> {
                sink.emit(new Close(link.link(), CloseReason.TRY_LATER, "too many servers"));
                return false;
            }
        }
        heartbeats.heard(link.link(), now.ns());
        contacts.learn(server, peer.address(), peer.key(), now.ns());
        contacts.linked(server, peer.key());
        sink.emit(new Identify(link.link(), new LinkIdentity.Server(server, peer.key())));
        return true;
    }

    private ServerWelcome welcomeFor(ServerId joiner) {
        List<KnownServer> known =
                peers.linked().stream()
                        .filter(peer -> !peer.server().equals(joiner))
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
    }

    private void refuse(
            LinkId link,
            ServerId server,
            ErrorCode code,
            String detail,
            Moment now,
            EffectSink sink) {
        sink.emit(self.error(link, server.value(), code, detail, now));
        sink.emit(new Close(link, CloseReason.POLICY, code.name()));
        sink.emit(new Report(Notice.warn("server " + server + " refused: " + detail)));
    }

    private void retire(Moment now, EffectSink sink) {
        retiringAtNs
                .entrySet()
                .removeIf(
                        entry -> {
                            boolean due = entry.getValue() - now.ns() <= 0;
                            if (due) {
                                sink.emit(
                                        new Close(
                                                entry.getKey(),
                                                CloseReason.NORMAL,
                                                "second link to the same server"));
                            }
                            return due;
                        });
    }

    private void sweep(Moment now, EffectSink sink) {
        sweeps.entrySet()
                .removeIf(
                        entry -> {
                            Sweep sweep = entry.getValue();
                            boolean due = sweep.dueNs() - now.ns() <= 0;
                            if (due) {
                                attendance.sweep(entry.getKey(), sweep.sinceNs(), now, sink);
                            }
                            return due;
                        });
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
