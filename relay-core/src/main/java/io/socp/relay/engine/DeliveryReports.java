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
import java.util.LinkedHashMap;
import java.util.Map;

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

    private final Self self;
    private final UserDirectory directory;
    private final PeerTable peers;
    private final FarServers far;
    private final Dependents dependents;
    private final RateLimiter onward;
    private final LinkDialects dialects;
    private final Trail trail;
    private final Map<Ghost, Long> correctedNs = new LinkedHashMap<>();

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
            long nowNs) {
        this.trail = trail;
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
        report(complaint, now, sink);
    }

    private void report(Complaint complaint, Moment now, EffectSink sink) {
        switch (directory.locate(complaint.author())) {
            case UserLocation.Local(LinkId link) -> tell(link, complaint, now, sink);
            case UserLocation.Remote(ServerId home) -> {
                ServerId hop = far.nextHop(home, null);
                ProvenLink proven = hop == null ? null : peers.provenLinkTo(hop);
                if (proven != null && dialects.isOwnRelay(proven.link())) {
                    tell(proven.link(), complaint, now, sink);
                }
            }
            case UserLocation.Unknown() -> {}
        }
    }

    /**
     * A peer reports what became of a message that went to it. It goes to our own user, or on to
     * one who said that it reaches that peer through us, and never back.
     */
    void onReported(ServerId peer, Complaint complaint, Moment now, EffectSink sink) {
        switch (directory.locate(complaint.author())) {
            case UserLocation.Local(LinkId link) -> tell(link, complaint, now, sink);
            case UserLocation.Remote(ServerId home) -> {
                ServerId hop = far.nextHop(home, peer);
                boolean isWaitedFor = hop != null && dependents.has(hop, peer);
                ProvenLink proven = hop != null && isWaitedFor ? peers.provenLinkTo(hop) : null;
                if (proven != null && onward.tryTake(now.ns())) {
                    tell(proven.link(), complaint, now, sink);
                }
            }
            case UserLocation.Unknown() -> {}
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
        boolean isNamed = !(directory.locate(complaint.author()) instanceof UserLocation.Unknown);
        if (!isNamed && dialects.isOwnRelay(link)) {
            // We may have just started, and know the message before its author: the peer knows him.
            tell(link, complaint, now, sink);
        } else {
            report(complaint, now, sink);
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
