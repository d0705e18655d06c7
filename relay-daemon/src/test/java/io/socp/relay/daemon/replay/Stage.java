package io.socp.relay.daemon.replay;

import static io.socp.relay.testing.Actors.A;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors.Person;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a test has opened, closed in the opposite order. Used by one thread. */
final class Stage {

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Path dir;

    /** Relays keep their files under {@code dir}. */
    Stage(Path dir) {
        this.dir = dir;
    }

    /** Relay A, without introducers. */
    TestRelay relay() {
        return relay(TestRelay.of(A));
    }

    TestRelay relay(TestRelay.Setup setup) {
        return opened(setup.start(dir));
    }

    /** A relay that has joined through {@code introducer}. */
    TestRelay relayLinkedTo(TestRelay introducer, TestRelay.Setup setup) {
        TestRelay relay = relay(setup.withIntroducers(introducer.asIntroducer()));
        awaitPeers(introducer, 1);
        awaitPeers(relay, 1);
        return relay;
    }

    static void awaitPeers(TestRelay relay, int count) {
        await("peers")
                .atMost(SocketUser.PATIENCE)
                .until(() -> relay.scrape().value("socp_peers") == count);
    }

    ForeignListener listener() {
        return opened(new ForeignListener());
    }

    /** Dials a relay, to say what was captured on this link. */
    PlayedEnd dial(Cast cast, String link, TestRelay relay) {
        return opened(PlayedEnd.dialling(cast, link, relay.port()));
    }

    /** Waits until the listener is dialled. */
    PlayedEnd awaitDialled(ForeignListener listener, Cast cast, String link)
            throws InterruptedException {
        return opened(listener.awaitDialled(cast, link));
    }

    /** A user of ours. */
    SocketUser ours(Person person, TestRelay relay) {
        return opened(SocketUser.hello(relay.port(), person));
    }

    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        open.push(closeable);
        return closeable;
    }
}
