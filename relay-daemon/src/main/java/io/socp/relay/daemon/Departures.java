package io.socp.relay.daemon;

import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.Expected;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A running relay, as its shutdown sees it. Thread-safe as its parts are. */
record Departures(Mesh mesh, LinkRegistry links, Expected expected) implements Shutdown.Scene {

    @Override
    public void tell(RelayEvent event) {
        mesh.post(event);
        // Those who have not said who they are nobody else knows of.
        switch (event) {
            case RelayEvent.PartWithUsers _ -> close(LinkIdentity.Stranger.class);
            case RelayEvent.PartWithPeers _ -> close(LinkIdentity.Introducer.class);
            case RelayEvent _ -> {}
        }
    }

    private void close(Class<? extends LinkIdentity> kind) {
        for (Link link : List.copyOf(links.all())) {
            if (kind.isInstance(link.identity())) {
                link.loop().execute(() -> link.close(CloseReason.GOING_AWAY, "relay is stopping"));
            }
        }
    }

    @Override
    public int users() {
        return (int) links.all().stream().filter(link -> !isPeer(link)).count();
    }

    @Override
    public int peers() {
        return (int) links.all().stream().filter(Departures::isPeer).count();
    }

    @Override
    public int unheard() {
        return expected.unheard();
    }

    @Override
    public long underWay() {
        return mesh.underWay();
    }

    @Override
    public int waiting() {
        return mesh.waiting() + expected.owed();
    }

    @Override
    public long unconfirmed() {
        return mesh.outboxes().frames();
    }

    @Override
    public void pause(Duration span) {
        LockSupport.parkNanos(span.toNanos());
    }

    private static boolean isPeer(Link link) {
        return switch (link.identity()) {
            case LinkIdentity.Server _, LinkIdentity.Introducer _ -> true;
            case LinkIdentity.User _, LinkIdentity.Stranger _ -> false;
        };
    }
}
