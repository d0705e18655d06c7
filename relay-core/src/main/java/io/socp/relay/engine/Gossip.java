package io.socp.relay.engine;

import io.socp.relay.dialect.Dialect;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RelayEffect.SendToUsers;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.Peer;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.Advertisement;
import io.socp.relay.sign.OutboundFrame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Spreads news of users and of the public channel, to peers and to our own users. Event-loop
 * confined to the mesh loop.
 *
 * <p>A frame that nobody would read is never emitted, so it is never signed either.
 */
@EventLoopConfined
final class Gossip {

    /** The link of no one: leaves nobody out of an audience. */
    static final LinkId NOBODY = new LinkId(0);

    private final PeerTable peers;
    private final LinkDialects dialects;
    private int readers;

    Gossip(PeerTable peers, LinkDialects dialects) {
        this.peers = peers;
        this.dialects = dialects;
    }

    /** One more local user is told of everybody's coming and going. */
    void addReader() {
        readers++;
    }

    /** One less. */
    void removeReader() {
        readers--;
    }

    /** Tells our users who listen, but not {@code except}; each in its own dialect. */
    void tellUsers(Advertisement advertisement, LinkId except, EffectSink sink) {
        if (readers == 0) {
            return;
        }
        Map<Dialect, OutboundFrame> others = new HashMap<>();
        for (Dialect dialect : dialects.inUse()) {
            others.put(dialect, advertisement.in(dialect.keys()));
        }
        sink.emit(
                new SendToUsers(
                        Audience.PRESENCE_FEED,
                        except,
                        new FrameVersions(advertisement.in(Dialect.STANDARD.keys()), others)));
    }

    /** Tells our users who listen, all in the same words. */
    void tellUsers(OutboundFrame frame, EffectSink sink) {
        if (readers > 0) {
            sink.emit(
                    new SendToUsers(Audience.PRESENCE_FEED, NOBODY, FrameVersions.uniform(frame)));
        }
    }

    /**
     * Whether a change of ours needs a frame of its own, signed for itself: for a user who listens,
     * or for a server that does not read batches.
     */
    boolean needsSingleFrames() {
        return readers > 0 || peers.activeLinks().stream().anyMatch(link -> !isOwnRelay(link));
    }

    /** Whether the other end reads our extensions. */
    boolean isOwnRelay(LinkId link) {
        return dialects.isOwnRelay(link);
    }

    /** The servers we tell of our users ourselves, up to so many. */
    List<ServerId> linkedServers(int limit) {
        return peers.linked().stream().limit(limit).map(Peer::server).toList();
    }

    /** Tells every peer. */
    void tellPeers(OutboundFrame frame, EffectSink sink) {
        tell(frame, List.of(), _ -> true, sink);
    }

    /** Tells the peers that are to be told. */
    void tellPeers(OutboundFrame frame, Spread spread, EffectSink sink) {
        switch (spread) {
            case Spread.ToAll(List<ServerId> knowing) -> tell(frame, knowing, _ -> true, sink);
            case Spread.ToForeign(List<ServerId> knowing) ->
                    tell(frame, knowing, link -> !isOwnRelay(link), sink);
        }
    }

    /** Tells our own relays, but not these servers. */
    void tellOwnRelays(OutboundFrame frame, List<ServerId> knowing, EffectSink sink) {
        tell(frame, knowing, this::isOwnRelay, sink);
    }

    private void tell(
            OutboundFrame frame, List<ServerId> knowing, Predicate<LinkId> to, EffectSink sink) {
        Set<LinkId> without = new HashSet<>();
        for (ServerId server : knowing) {
            LinkId link = peers.linkTo(server);
            if (link != null) {
                without.add(link);
            }
        }
        List<LinkId> links =
                peers.activeLinks().stream()
                        .filter(link -> !without.contains(link) && to.test(link))
                        .toList();
        if (!links.isEmpty()) {
            sink.emit(new Send(links, frame));
        }
    }
}
