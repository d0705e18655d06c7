package io.socp.relay.client.conformance;

import io.socp.relay.client.conformance.Settings.Times;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the trials of one run share: keys, the kit's servers once they have joined, and everything
 * the tried server has sent so far. Thread-safe: a lock around the servers.
 */
@ThreadSafe
final class Cast implements AutoCloseable {

    private static final int SILENT_HELLOS_MAX = 3;

    private final Settings settings;
    private final Function<Role, IdentityKey> keys;
    private final Subject subject;
    private final BlockingQueue<Frame> ledger = new LinkedBlockingQueue<>(Inbox.FRAMES_MAX);
    private final AtomicInteger silentHellos = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Role, Peer> peers = new EnumMap<>(Role.class);

    /** Why a server of ours was not let in; not tried again, which would take as long each time. */
    private @Nullable String refusal;

    Cast(Settings settings, Function<Role, IdentityKey> keys) {
        this.settings = settings;
        this.keys = keys;
        this.subject = new Subject(settings.url(), settings.pinned());
    }

    Times times() {
        return settings.times();
    }

    IdentityKey key(Role role) {
        return keys.apply(role);
    }

    Subject subject() {
        return subject;
    }

    /** Every frame of the tried server to any of us. */
    List<Frame> ledger() {
        return List.copyOf(ledger);
    }

    void record(Frame frame) {
        boolean _ = ledger.offer(frame);
    }

    /** How long a newcomer waits for a first frame; less, once some have got none at all. */
    Duration settling() {
        Duration quiet = times().quiet();
        return silentHellos.get() < SILENT_HELLOS_MAX ? quiet.multipliedBy(4) : quiet;
    }

    void onSilentHello() {
        silentHellos.incrementAndGet();
    }

    /** The id the server has in its frames to servers. */
    String serverId() throws Unmet, InterruptedException {
        if (subject.id() == null) {
            Peer _ = peer(Role.PEER);
        }
        String known = subject.id();
        if (known == null) {
            throw Unmet.notOffered("the server's id is not known");
        }
        return known;
    }

    RsaPublicKey serverKey() throws Unmet, InterruptedException {
        if (subject.key() == null) {
            Peer _ = peer(Role.PEER);
        }
        RsaPublicKey known = subject.key();
        if (known == null) {
            throw Unmet.notOffered("the server has not shown its key, and none was given");
        }
        return known;
    }

    /** The kit's server of this role, joined; it stays for the whole run. */
    Peer peer(Role role) throws Unmet, InterruptedException {
        lock.lock();
        try {
            Peer known = peers.get(role);
            if (known != null && (role == Role.SILENT || known.link().isOpen())) {
                return known;
            }
            if (refusal != null) {
                throw Unmet.notOffered("no link between servers: " + refusal);
            }
            Peer joined = joined(known == null ? ServerAuthor.of(key(role)) : known.author(), role);
            peers.put(role, joined);
            return joined;
        } finally {
            lock.unlock();
        }
    }

    private Peer joined(ServerAuthor author, Role role) throws Unmet, InterruptedException {
        boolean playsDead = role == Role.SILENT;
        Peer peer;
        try {
            peer = new Peer(author, subject, times(), this::record, !playsDead);
        } catch (IOException failed) {
            throw Unmet.fail(
                    "a WebSocket upgrade", "a further link", String.valueOf(failed.getMessage()));
        }
        peer.link().send(peer.join().text());
        Frame welcome = peer.inbox().await(0, Frame.ofType("SERVER_WELCOME"), times().answer());
        if (welcome == null) {
            List<Frame> instead = peer.inbox().since(0);
            refusal =
                    "SERVER_HELLO_JOIN was answered by "
                            + (instead.isEmpty() ? "nothing" : instead.getLast().summary());
            peer.close();
            throw Unmet.notOffered("no link between servers: " + refusal);
        }
        subject.onWelcome(welcome);
        peer.link().send(peer.announce().text());
        if (!playsDead) {
            peer.beat(welcome.from(), times().heartbeat().dividedBy(2));
        }
        return peer;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            peers.values().forEach(Peer::close);
        } finally {
            lock.unlock();
        }
    }
}
