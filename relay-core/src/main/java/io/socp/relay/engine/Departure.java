package io.socp.relay.engine;

import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.SessionMessage.CtrlClose;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Servers that go, ourselves included: who is told, and who is waited for. Event-loop confined to
 * the mesh loop.
 *
 * <p>In the order of the events: first our own relays hold back what is for our users; then these
 * leave; what comes for them meanwhile waits here, and follows them; the peers' links end last.
 */
@EventLoopConfined
final class Departure {

    /** How long we wait for our users to show up elsewhere, at most: the daemon ends it earlier. */
    private static final Duration WAIT_MAX = Duration.ofMinutes(10);

    private static final String STOPPING = "relay is stopping";

    private final Self self;
    private final UserDirectory directory;
    private final PeerTable peers;
    private final LinkDialects dialects;
    private final Attendance attendance;
    private final Expected expected;
    private boolean isGoing;
    private boolean isOver;

    /** Our own relays' links on which we have said that we go. */
    private final Set<LinkId> told = new HashSet<>();

    Departure(
            Self self,
            UserDirectory directory,
            PeerTable peers,
            LinkDialects dialects,
            Attendance attendance,
            Expected expected) {
        this.self = self;
        this.directory = directory;
        this.peers = peers;
        this.dialects = dialects;
        this.attendance = attendance;
        this.expected = expected;
    }

    /**
     * A peer has said that it goes: what is for its users waits until they are somewhere else, and
     * it is told so. Where we go ourselves, it may be the answer to our own word.
     */
    void onPeerGoing(LinkId link, Moment now, EffectSink sink) {
        ServerId server = peers.serverOf(link);
        if (server == null || !peers.isProven(link) || !dialects.isOwnRelay(link)) {
            return;
        }
        if (isGoing) {
            expected.onHeard(server);
            return;
        }
        tell(server, link, now, sink);
        List<UserId> users =
                directory.everyone().stream()
                        .filter(user -> user.location().equals(new UserLocation.Remote(server)))
                        .map(PresentUser::user)
                        .toList();
        expected.onGoing(server, link, peers.linksOf(server), users, now);
    }

    /** A server that goes still says who has come to it; he goes with the others. */
    void onNamed(UserId user, ServerId server, Moment now) {
        if (!expected.isNobodyGoing()
                && directory.locate(user).equals(new UserLocation.Remote(server))) {
            expected.onNamed(user, server, peers, now);
        }
    }

    /** We go. */
    void leave(Moment now, EffectSink sink) {
        isGoing = true;
        if (!peers.active().isEmpty()) {
            expected.everyone(now.nsAfter(WAIT_MAX));
        }
        tellOwnRelays(now, sink);
    }

    /** Our users go. */
    void dismiss(Duration window, Moment now, EffectSink sink) {
        attendance.dismiss(window, !peers.active().isEmpty(), now, sink);
    }

    void partWithUsers(EffectSink sink) {
        attendance.part(STOPPING, sink);
    }

    void stopExpecting() {
        expected.nobody();
    }

    void partWithPeers(Moment now, EffectSink sink) {
        tellOthers(now, sink);
        isOver = true;
        for (ServerId server : List.copyOf(peers.active())) {
            peers.linksOf(server)
                    .forEach(link -> sink.emit(new Close(link, CloseReason.GOING_AWAY, STOPPING)));
        }
    }

    void onTick(Moment now, EffectSink sink) {
        expected.onTick(now);
        if (isGoing && !isOver) {
            // A link that came up meanwhile would count as a sign that we are back.
            tellOwnRelays(now, sink);
        }
    }

    /** Ours know early what to make of it. */
    private void tellOwnRelays(Moment now, EffectSink sink) {
        for (ServerId server : List.copyOf(peers.active())) {
            for (LinkId link : peers.linksOf(server)) {
                if (dialects.isOwnRelay(link) && told.add(link)) {
                    tell(server, link, now, sink);
                    if (peers.isProven(link)) {
                        expected.onTold(List.of(server));
                    }
                }
            }
        }
    }

    /** To others it says that the close comes next. */
    private void tellOthers(Moment now, EffectSink sink) {
        for (ServerId server : List.copyOf(peers.active())) {
            for (LinkId link : peers.linksOf(server)) {
                if (!dialects.isOwnRelay(link)) {
                    tell(server, link, now, sink);
                }
            }
        }
    }

    private void tell(ServerId server, LinkId link, Moment now, EffectSink sink) {
        Self face = self.towards(dialects.ofPeer(link));
        sink.emit(new Send(link, face.unsigned(server.value(), new CtrlClose(), now.epochMs())));
    }
}
