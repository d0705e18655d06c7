package io.socp.relay.engine;

import io.socp.relay.engine.RouteWords.Distance;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Contacts;
import io.socp.relay.mesh.FarServer;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.FarServers.Naming;
import io.socp.relay.mesh.FarServers.Word;
import io.socp.relay.mesh.Hint;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.MeshMessage.KnownServer;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.time.Moment;
import java.util.HashSet;
import java.util.Set;

/**
 * Servers that we know from peers: they are dialled, and while they are not linked, reached through
 * those who named them. Event-loop confined to the mesh loop.
 */
@EventLoopConfined
final class Horizon {

    private final Self self;
    private final Contacts contacts;
    private final PeerTable peers;
    private final FarServers far;
    private final FarPaths paths;
    private final PeerLinks links;
    private final RemoteUsers users;
    private final Dependents dependents;
    private final Conduct conduct;
    private long version = -1;

    Horizon(
            Self self,
            Contacts contacts,
            PeerTable peers,
            FarServers far,
            FarPaths paths,
            PeerLinks links,
            RemoteUsers users,
            Dependents dependents,
            Conduct conduct) {
        this.self = self;
        this.contacts = contacts;
        this.peers = peers;
        this.far = far;
        this.paths = paths;
        this.links = links;
        this.users = users;
        this.dependents = dependents;
        this.conduct = conduct;
    }

    /** A server has named others. */
    void onNamed(LinkId link, ServerWelcome welcome, Moment now, EffectSink sink) {
        ServerId teller = welcome.server();
        RouteWords words = RouteWords.in(welcome.extensions());
        // A claim leads nowhere; a few addresses are tried on its word.
        boolean counts = peers.isProven(teller, link);
        boolean isTooMany = false;
        for (KnownServer known : welcome.servers()) {
            if (known.server().equals(self.id()) || known.key().equals(self.key())) {
                continue;
            }
            if (!counts) {
                contacts.hintOf(
                        new Hint(link, known.server(), known.address(), known.key()), now.ns());
                continue;
            }
            boolean isDialled = dial(teller, known, words, now);
            Naming naming = name(teller, known, words, now);
            boolean isLeftOut = !isDialled || naming == Naming.TOO_MANY;
            // What others have told the teller is not its doing.
            isTooMany |= isLeftOut && !words.far().containsKey(known.server());
        }
        if (counts) {
            for (ServerId lost : words.lost()) {
                far.unname(teller, lost, now.ns());
                dependents.remove(teller, lost, now);
            }
            if (words.isAll()) {
                // All pages of it came at once.
                far.forget(teller, now.ns() - FarPaths.HOLD.toNanos());
            }
        }
        if (isTooMany && peers.linkTo(teller) != null) {
            String text = "server " + teller + " names more servers than we take its word for";
            conduct.onOffence(teller, Offence.TOO_MANY_SERVERS, 1, text, now).forEach(sink::emit);
        }
    }

    private boolean dial(ServerId teller, KnownServer known, RouteWords words, Moment now) {
        ServerId server = known.server();
        return words.far().containsKey(server)
                ? contacts.learnOnHearsay(teller, server, known.address(), known.key(), now.ns())
                : contacts.learnFrom(teller, server, known.address(), known.key(), now.ns());
    }

    private Naming name(ServerId teller, KnownServer known, RouteWords words, Moment now) {
        ServerId server = known.server();
        Distance distance = words.far().get(server);
        if (distance != null && distance.via().equals(self.id())) {
            // It reaches that server through us, and we do not through it.
            far.drop(teller, server);
            if (peers.isInReach(server) || far.find(server) != null) {
                dependents.add(teller, server, now);
            }
            return Naming.TAKEN;
        }
        dependents.remove(teller, server, now);
        if (server.equals(teller) || contacts.contradicts(known.address(), known.key())) {
            return Naming.SAID_OTHERWISE;
        }
        Word word =
                distance == null
                        ? new Word(server, known.address(), known.key(), 1, null)
                        : new Word(
                                server,
                                known.address(),
                                known.key(),
                                distance.hops(),
                                distance.via());
        return far.name(teller, word, now.ns());
    }

    /** The server's word counts for nothing any more. */
    void onMisconduct(ServerId server) {
        far.forget(server);
        dependents.remove(server);
    }

    void onTick(Moment now, EffectSink sink) {
        if (far.version() != version) {
            version = far.version();
            forgetThoseOutOfReach();
        }
        far.giveUp(links.graceBeginNs(now));
        FarPaths.Changes changes = paths.look(now);
        // Through the new way all its users are named again; those who are not are gone.
        changes.settled().forEach(server -> links.doubt(server, now));
        changes.gone().forEach(server -> links.doubt(server, now));
        for (Dependents.Dependent due : dependents.takeDue(now)) {
            LinkId link = peers.linkTo(due.peer());
            if (link == null) {
                dependents.remove(due.peer());
            } else {
                users.replay(due.server(), link, now, sink);
            }
        }
    }

    private void forgetThoseOutOfReach() {
        Set<ServerId> tellers = new HashSet<>();
        for (FarServer server : far.all()) {
            server.routes().forEach(route -> tellers.add(route.via()));
        }
        for (ServerId teller : tellers) {
            if (!peers.isInReach(teller)) {
                far.forget(teller);
            }
        }
    }

    /** The link is gone. */
    void onLinkClosed(ServerId server) {
        if (peers.linkTo(server) == null) {
            dependents.remove(server);
        }
    }
}
