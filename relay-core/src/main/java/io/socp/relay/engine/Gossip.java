package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dialect.Dialect;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.dialect.PeerDialect.Manner;
import io.socp.relay.dialect.PeerFrames;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RelayEffect.SendToUsers;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.Peer;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.Advertisement;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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

    private final Self self;
    private final PeerTable peers;
    private final LinkDialects dialects;
    private int readers;

    Gossip(Self self, PeerTable peers, LinkDialects dialects) {
        this.self = self;
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
            others.put(dialect, advertisement.in(dialect.keys(), dialect.needsUsernames()));
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

    /** Whether the server keeps its users' keys in a register, and not in its presence. */
    boolean isRegister(ServerId server) {
        return dialects.ofServer(server).keepsRegister();
    }

    /** Whether the server may tell keys of the other's users: its own, or as the master of all. */
    boolean keepsRegisterFor(ServerId server, ServerId home) {
        return isRegister(server)
                && (server.equals(home) || IdRule.hasMasterPrefix(server.value()));
    }

    /** The servers we tell of our users ourselves, up to so many. */
    List<ServerId> linkedServers(int limit) {
        return peers.linked().stream().limit(limit).map(Peer::server).toList();
    }

    /** Tells every peer that reads it the state of the public channel. */
    void tellPeers(OutboundFrame frame, EffectSink sink) {
        tell(frame, List.of(), link -> dialects.ofPeer(link).readsChannelState(), sink);
    }

    /** Tells every peer of a user of ours; each in its own dialect. */
    void tellOfArrival(Advertisement ours, Moment now, EffectSink sink) {
        byDialect()
                .forEach((dialect, links) ->
                        forPeer(ours, dialect, now)
                                .forEach(frame -> sink.emit(new Send(links, frame))));
    }

    /**
     * Tells every peer that a user of ours has left.
     *
     * @param removal says so
     */
    void tellOfDeparture(UserId user, long ts, OutboundFrame removal, EffectSink sink) {
        byDialect()
                .forEach((dialect, links) -> {
                    Self face = self.towards(dialect);
                    OutboundFrame frame =
                            face.id().equals(self.id())
                                    ? removal
                                    : face.toAll(
                                            new UserRemove(face.id(), user, face.id(), ts), ts);
                    sink.emit(new Send(links, frame));
                });
    }

    /** All that the server at the other end of this new link is told of these users of ours. */
    List<OutboundFrame> introductions(LinkId link, Collection<PresentUser> ours, Moment now) {
        PeerDialect dialect = dialects.ofPeer(link);
        List<OutboundFrame> frames = new ArrayList<>(ours.size());
        for (PresentUser user : ours) {
            if (dialect.manner() == Manner.PUBLIC_ADDRESSED) {
                // It may have heard the very same frame, and have dropped the user since.
                frames.add(
                        PeerFrames.advertise(
                                user.advertisement().statement(),
                                dialect,
                                self.id(),
                                now.epochMs()));
            } else {
                frames.addAll(forPeer(user.advertisement(), dialect, now));
            }
        }
        return frames;
    }

    /** Asks those who keep a register for the key of a user advertised without one. */
    void askForKey(UserId user, Moment now, EffectSink sink) {
        byDialect()
                .forEach((dialect, links) -> {
                    if (dialect.keepsRegister()) {
                        ServerId us = self.towards(dialect).id();
                        sink.emit(
                                new Send(
                                        links,
                                        PeerFrames.askForKey(user, dialect, us, now.epochMs())));
                    }
                });
    }

    private List<OutboundFrame> forPeer(Advertisement ours, PeerDialect dialect, Moment now) {
        return switch (dialect.manner()) {
            case OWN -> List.of(ours.original());
            case STANDARD, PUBLIC_ADDRESSED, LINK_SIGNED, ONE_WAY ->
                    List.of(ours.in(dialect.keys()));
            case RAW_SIGNED ->
                    List.of(
                            PeerFrames.dependsOnEscapes(ours.statement())
                                    ? PeerFrames.advertise(
                                            ours.statement(),
                                            dialect,
                                            self.id(),
                                            ours.statement().ts())
                                    : ours.in(dialect.keys()));
            case SERVER_PREFIXED -> {
                ServerId us = self.towards(dialect).id();
                UserAdvertise said = ours.statement();
                List<OutboundFrame> frames = new ArrayList<>();
                frames.add(PeerFrames.advertise(said, dialect, us, said.ts()));
                RsaPublicKey key = said.key();
                if (key != null) {
                    frames.add(PeerFrames.register(said.user(), key, us, now.epochMs()));
                }
                yield frames;
            }
        };
    }

    private Map<PeerDialect, List<LinkId>> byDialect() {
        Map<PeerDialect, List<LinkId>> links = new LinkedHashMap<>();
        for (LinkId link : peers.activeLinks()) {
            PeerDialect dialect = dialects.ofPeer(link);
            // What our own relays read does not depend on the form of their key.
            links.computeIfAbsent(
                            dialect.isOwn() ? PeerDialect.OWN : dialect, _ -> new ArrayList<>())
                    .add(link);
        }
        return links;
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
