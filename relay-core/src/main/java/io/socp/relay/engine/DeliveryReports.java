package io.socp.relay.engine;

import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.limit.RateLimiter;
import io.socp.relay.mesh.FarServers;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.mesh.ProvenLink;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Says to authors which of their messages reached nobody, and to peers which of their users are
 * ghosts. Event-loop confined to the mesh loop.
 *
 * <p>A server is told of an author of its own only where it is known to run this software: some
 * servers answer an ERROR with an ERROR, for ever. What it then passes on to its user is its own.
 */
@EventLoopConfined
final class DeliveryReports {

    /** A peer is told at most this often that the same user is not here. */
    static final Duration CORRECTION_INTERVAL = Duration.ofSeconds(5);

    /** Corrections remembered; of more, the oldest is forgotten and may be said again. */
    static final int CORRECTIONS_MAX = 10_000;

    /**
     * Reports passed on for others, at once and then one more each {@link #ONWARD_INTERVAL}: while
     * ways change, a report could go round in a ring.
     */
    static final int ONWARD_MAX = 1_000;

    static final Duration ONWARD_INTERVAL = Duration.ofMillis(10);

    /** Reports kept for authors who are between two relays; the next one is given up. */
    static final int OWED_MAX = 10_000;

    /** How long: as long as messages wait for those who are away. */
    static final Duration OWED_FOR = Expected.PATIENCE;

    private final Self self;
    private final UserDirectory directory;
    private final PeerTable peers;
    private final FarServers far;
    private final Dependents dependents;
    private final RateLimiter onward;
    private final LinkDialects dialects;
    private final Expected expected;
    private final Trail trail;
    private final Map<Ghost, Long> correctedNs = new LinkedHashMap<>();
    private final Queue<Owed> owed = new ArrayDeque<>();

    /**
     * A report whose author is between two relays.
     *
     * @param from the peer that made it; null where we found out ourselves
     */
    private record Owed(Complaint complaint, @Nullable ServerId from, long untilNs) {}

    /** A user whom that server believes to be here. */
    private record Ghost(ServerId believer, UserId user) {}

    DeliveryReports(
            Self self,
            UserDirectory directory,
            PeerTable peers,
            FarServers far,
            Dependents dependents,
            LinkDialects dialects,
            Trail trail,
            Expected expected,
            long nowNs) {
        this.trail = trail;
        this.expected = expected;
        this.far = far;
        this.dependents = dependents;
        this.onward = new RateLimiter(ONWARD_MAX, ONWARD_INTERVAL, nowNs);
        this.self = self;
        this.directory = directory;
        this.peers = peers;
        this.dialects = dialects;
    }

    /** Tells the author, wherever he is. */
    void onUndelivered(Complaint complaint, Moment now, EffectSink sink) {
        trail.addGivenUp(complaint, now);
        report(ofOurs(complaint, now), now, sink);
    }

    /**
     * A peer reports what became of a message that went to it. It goes to our own user, or on to
     * one who said that it reaches that peer through us, or to whom our users go since we do, and
     * never back.
     */
    void onReported(ServerId peer, Complaint complaint, Moment now, EffectSink sink) {
        report(new Owed(complaint, peer, now.nsAfter(OWED_FOR)), now, sink);
    }

    /** Authors may have shown up. */
    void onTick(Moment now, EffectSink sink) {
        for (int left = owed.size(); left > 0; left--) {
            Owed report = owed.remove();
            if (report.untilNs() - now.ns() > 0) {
                report(report, now, sink);
            } else {
                expected.onNeverTold();
            }
        }
        expected.onOwed(owed.size());
    }

    private static Owed ofOurs(Complaint complaint, Moment now) {
        return new Owed(complaint, null, now.nsAfter(OWED_FOR));
    }

    private void report(Owed report, Moment now, EffectSink sink) {
        UserId author = report.complaint().author();
        UserLocation location = directory.locate(author);
        switch (location) {
            case UserLocation.Local(LinkId link) -> tell(link, report.complaint(), now, sink);
            case UserLocation.Remote(ServerId home) -> {
                ServerId hop = far.nextHop(home, report.from());
                ProvenLink proven = hop == null ? null : peers.provenLinkTo(hop);
                if (hop != null && proven != null) {
                    pass(proven.link(), hop, report, now, sink);
                } else if (!home.equals(report.from())) {
                    // Its link is lost: he is back with it, or elsewhere, or dropped.
                    keep(report);
                }
            }
            case UserLocation.Unknown() -> {
                if (expected.isAwaited(author, location, peers, now)) {
                    keep(report);
                } else {
                    expected.onNeverTold();
                }
            }
        }
    }

    private void pass(LinkId link, ServerId hop, Owed report, Moment now, EffectSink sink) {
        ServerId peer = report.from();
        boolean isOurs =
                peer == null
                        ? dialects.isOwnRelay(link)
                        : (dependents.has(hop, peer) || hasLeftUs(link, now))
                                && onward.tryTake(now.ns());
        if (isOurs) {
            tell(link, report.complaint(), now, sink);
        }
    }

    /** While we go, whoever is elsewhere may have been ours when he wrote. */
    private boolean hasLeftUs(LinkId link, Moment now) {
        return expected.isEveryone(now) && dialects.isOwnRelay(link);
    }

    private void keep(Owed report) {
        if (owed.size() < OWED_MAX) {
            owed.add(report);
            expected.onOwed(owed.size());
        } else {
            expected.onNeverTold();
        }
    }

    /** A peer believes that the user is here: it is told otherwise, and the author is told. */
    void onMisdirected(LinkId link, Complaint complaint, Moment now, EffectSink sink) {
        ServerId believer = peers.serverOf(link);
        UserId user = complaint.recipient();
        if (believer != null
                && !(directory.locate(user) instanceof UserLocation.Local)
                && isDue(new Ghost(believer, user), now)) {
            // Of a moment ago: should the user come this instant, the advertisement overrules it.
            long ts = now.epochMs() - 1;
            Self face = self.towards(dialects.ofPeer(link));
            var removal = new UserRemove(face.id(), user, face.id(), ts);
            sink.emit(new Send(link, face.toAll(removal, ts)));
        }
        boolean isNamed =
                !(directory.locate(complaint.author()) instanceof UserLocation.Unknown)
                        || expected.isOnTheMove(complaint.author());
        if (!isNamed && dialects.isOwnRelay(link)) {
            // We may have just started, and know the message before its author: the peer knows him.
            tell(link, complaint, now, sink);
        } else {
            report(ofOurs(complaint, now), now, sink);
        }
    }

    private void tell(LinkId link, Complaint complaint, Moment now, EffectSink sink) {
        sink.emit(self.notFound(link, complaint.author(), complaint.recipient().value(), now));
    }

    private boolean isDue(Ghost ghost, Moment now) {
        Long lastNs = correctedNs.get(ghost);
        if (lastNs != null && now.ns() - lastNs < CORRECTION_INTERVAL.toNanos()) {
            return false;
        }
        // Taken out first, so that the order is that of the times.
        correctedNs.remove(ghost);
        if (correctedNs.size() >= CORRECTIONS_MAX) {
            correctedNs.remove(correctedNs.keySet().iterator().next());
        }
        correctedNs.put(ghost, now.ns());
        return true;
    }
}
