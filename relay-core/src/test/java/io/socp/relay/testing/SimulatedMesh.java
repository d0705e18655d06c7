package io.socp.relay.testing;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.mesh.ContactId;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.TlsPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Any number of relays and users in one thread, on one virtual clock, from one seed: the same test
 * runs the same way every time.
 *
 * <p>After each span of time it is checked that no user got a message twice; that no frame went
 * back to the peer it came from is checked as it is written. A failure names the seed and what
 * happened last.
 */
public final class SimulatedMesh {

    private static final long DIAL_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final long seed;
    private final SplittableRandom random;
    private final Timeline timeline = new Timeline();
    private final Map<HostPort, SimulatedRelay> listeners = new LinkedHashMap<>();
    private final Set<HostPort> refused = new HashSet<>();
    private final Set<Set<HostPort>> separated = new HashSet<>();
    private final List<SimulatedLink> peerLinks = new ArrayList<>();
    private final List<SimulatedUser> users = new ArrayList<>();

    public SimulatedMesh(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** A relay that listens at its address and is not started yet. */
    public SimulatedRelay relay(Server server) {
        var relay = new SimulatedRelay(this, server, random.split());
        listeners.put(server.address().overTls(false), relay);
        return relay;
    }

    /** Starts a relay for each server, with bootstrap entries that name all the others. */
    public List<SimulatedRelay> startEach(List<Server> servers, Pinning pinning) {
        List<SimulatedRelay> relays = servers.stream().map(this::relay).toList();
        for (SimulatedRelay relay : relays) {
            relay.start(
                    servers.stream()
                            .filter(other -> !other.equals(relay.server()))
                            .map(other -> introducer(other, pinning))
                            .toList());
        }
        return relays;
    }

    /** A bootstrap entry. */
    public static Introducer introducer(Server server, Pinning pinning) {
        return new Introducer(server.address(), pinning == Pinning.PINNED ? server.key() : null);
    }

    /** Whether a bootstrap entry names the introducer's key. */
    public enum Pinning {
        PINNED,
        UNPINNED
    }

    public SimulatedUser user(Person person) {
        var user = new SimulatedUser(this, person);
        users.add(user);
        return user;
    }

    /** Opens a connection to a relay that the test plays itself; closed when it does not run. */
    public ScriptedEnd dial(SimulatedRelay relay) {
        SimulatedLink link = link("link to " + relay.server().address());
        var end = new ScriptedEnd(link.dialling());
        if (relay.isRunning()) {
            relay.attach(link.accepting());
        } else {
            link.cut();
        }
        return end;
    }

    /** The same from a network address of its own. */
    public ScriptedEnd dial(SimulatedRelay relay, String origin) {
        SimulatedLink link = link(origin + " to " + relay.server().address());
        var end = new ScriptedEnd(link.dialling());
        relay.comesFrom(relay.attach(link.accepting()), origin);
        return end;
    }

    /** The same over TLS, whose handshake shows that the other end holds this key. */
    public ScriptedEnd dialOverTls(SimulatedRelay relay, RsaPublicKey key) {
        return dialOverTls(relay, new TlsPeer.Proven(key));
    }

    /** The same over TLS, whose handshake shows this of the other end. */
    public ScriptedEnd dialOverTls(SimulatedRelay relay, TlsPeer shown) {
        SimulatedLink link = link("TLS link to " + relay.server().address());
        var end = new ScriptedEnd(link.dialling());
        relay.secured(relay.attach(link.accepting()), shown);
        return end;
    }

    /** The relay will be reached at this address too. */
    public void listen(HostPort address, SimulatedRelay relay) {
        listeners.put(address, relay);
    }

    /** Connections to this address fail from now on. */
    public void refuse(HostPort address) {
        refused.add(address);
    }

    public void accept(HostPort address) {
        refused.remove(address);
    }

    /** These two never dial each other from now on; what links they have is lost. */
    public void separate(Server one, Server other) {
        separated.add(Set.of(one.address(), other.address()));
        peerLinks.stream()
                .filter(link -> link.joins(one.address(), other.address()))
                .forEach(SimulatedLink::cut);
    }

    /** They may dial each other again. */
    public void unite(Server one, Server other) {
        separated.remove(Set.of(one.address(), other.address()));
    }

    /** Links between the relays that are open now. */
    public List<SimulatedLink> openLinks() {
        return peerLinks.stream().filter(SimulatedLink::isOpen).toList();
    }

    /** Lets time pass, and checks what must hold at any time. */
    public void run(Duration span) {
        try {
            timeline.run(span);
            for (SimulatedUser user : users) {
                if (!user.hasEachMessageOnce()) {
                    throw new AssertionError(user.person().id() + " got a message twice");
                }
            }
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError(
                    failure + "\nseed " + seed + ", last steps:\n" + timeline.lastSteps(), failure);
        }
    }

    public Moment now() {
        return timeline.now();
    }

    Timeline timeline() {
        return timeline;
    }

    void dial(SimulatedRelay from, ContactId contact, HostPort address) {
        timeline.after(
                DIAL_NS,
                from.server().address() + " dials " + address,
                () -> {
                    SimulatedRelay to = listeners.get(address.overTls(false));
                    boolean isBarred =
                            refused.contains(address)
                                    || (!from.server().address().equals(address)
                                            && separated.contains(
                                                    Set.of(from.server().address(), address)));
                    if (to == null || !to.isRunning() || isBarred) {
                        from.onEvent(new RelayEvent.DialFailed(contact, "connection refused"));
                    } else if (from.isRunning()) {
                        open(from, contact, address, to);
                    }
                });
    }

    private void open(SimulatedRelay from, ContactId contact, HostPort address, SimulatedRelay to) {
        SimulatedLink link = link(from.server().address() + " - " + to.server().address());
        peerLinks.add(link);
        LinkId accepted = to.attach(link.accepting());
        LinkId id = from.attach(link.dialling());
        if (address.overTls()) {
            to.secured(accepted, new TlsPeer.Proven(from.server().key()));
            from.secured(id, new TlsPeer.Proven(to.server().key()));
        }
        from.onEvent(new RelayEvent.LinkOpened(contact, id));
    }

    private SimulatedLink link(String name) {
        return new SimulatedLink(name, timeline, random.split());
    }
}
