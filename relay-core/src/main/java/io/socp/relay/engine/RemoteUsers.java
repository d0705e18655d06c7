package io.socp.relay.engine;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.UserFrames;
import io.socp.relay.engine.Claims.Claim;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.message.MessageParser;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.message.PresenceBatch.Added;
import io.socp.relay.message.PresenceBatch.Removed;
import io.socp.relay.message.PresenceMessage;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.Advertisement;
import io.socp.relay.presence.PresenceChange;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The coming and going of other servers' users, as their homes tell it (SOCP §8.2). Event-loop
 * confined to the mesh loop.
 *
 * <p>What came in a frame of its own is passed on and replayed as its home signed it. What came in
 * a batch goes to our own relays as that batch, and to everyone else as a frame in our name, which
 * is signed when someone first needs it.
 */
@EventLoopConfined
final class RemoteUsers {

    /** Frames handed over at once when a peer is told what another server has said. */
    private static final int REPLAY_FRAMES_MAX = 16;

    /** The operator hears at most this often that the directory is full. */
    private static final Duration FULL_REPORT_INTERVAL = Duration.ofMinutes(1);

    private final Self self;
    private final UserDirectory directory;
    private final PeerTable peers;
    private final Stranded stranded;
    private final Dependents dependents;
    private final Gossip gossip;
    private final UserFrames frames;
    private final Conduct conduct;
    private final PresenceLog log;
    private final Claims claims = new Claims();
    private @Nullable Long fullReportedNs;

    RemoteUsers(
            Self self,
            UserDirectory directory,
            PeerTable peers,
            Stranded stranded,
            Dependents dependents,
            Gossip gossip,
            PresenceLog log,
            Conduct conduct) {
        this.self = self;
        this.directory = directory;
        this.peers = peers;
        this.stranded = stranded;
        this.dependents = dependents;
        this.gossip = gossip;
        this.frames = new UserFrames(self.id().value());
        this.log = log;
        this.conduct = conduct;
    }

    /** One piece of news. */
    void onPresence(PresenceMessage presence, Admitted admitted, Moment now, EffectSink sink) {
        ServerId sender = senderOf(admitted);
        if (conduct.isRefused(sender, now)) {
            // It was on its way when the sender was cut off.
            return;
        }
        boolean isAsReceived = admitted.envelope().type().equals(presence.type().name());
        OutboundFrame frame =
                isAsReceived
                        ? OutboundFrame.asReceived(admitted.envelope())
                        : self.toAll(presence, admitted.envelope().ts());
        List<ServerId> knowing = List.of(sender, presence.origin());
        Spread spread = isAsReceived ? new Spread.ToAll(knowing) : new Spread.ToForeign(knowing);
        PresenceTally tally = new PresenceTally(presence.server(), directory);
        switch (presence) {
            case UserAdvertise advertise -> {
                PresentUser user = present(withKnownKey(advertise), frame);
                tally.onAdvertise(user, () -> learn(user, spread, now, sink));
            }
            case UserRemove remove ->
                    tally.onRemove(remove.user(), () -> forget(remove, frame, spread, now, sink));
        }
        if (isAsReceived && tally.hasNews()) {
            log.add(presence.server(), page(presence, frame, admitted));
        }
        close(tally, sender, now, sink);
    }

    /** Much news of one home. */
    void onBatch(PresenceBatch batch, Admitted admitted, Moment now, EffectSink sink) {
        ServerId sender = senderOf(admitted);
        if (conduct.isRefused(sender, now)) {
            return;
        }
        if (!batch.origin().equals(batch.server())) {
            release(batch, now, sink);
            return;
        }
        List<ServerId> knowing =
                Stream.concat(Stream.of(sender, batch.server()), batch.told().stream()).toList();
        Spread spread = new Spread.ToForeign(knowing);
        PresenceTally tally = new PresenceTally(batch.server(), directory);
        List<RelayEffect> single = new ArrayList<>();
        boolean isBatch = admitted.envelope().type().equals(batch.type().name());
        for (Removed removed : batch.removed()) {
            UserRemove remove =
                    new UserRemove(self.id(), removed.user(), batch.server(), removed.ts());
            OutboundFrame frame = self.toAll(remove, removed.ts());
            tally.onRemove(removed.user(), () -> forget(remove, frame, spread, now, single::add));
        }
        for (Added added : batch.added()) {
            UserAdvertise advertise = withKnownKey(advertise(batch.server(), added));
            PresentUser user = present(advertise, self.toAll(advertise, added.ts()));
            tally.onAdvertise(user, () -> learn(user, spread, now, single::add));
        }
        if (tally.hasNews() && isBatch) {
            OutboundFrame frame = OutboundFrame.asReceived(admitted.envelope());
            gossip.tellOwnRelays(frame, knowing, sink);
            log.add(batch.server(), page(batch, frame, admitted));
        }
        // Behind the batch: these may have to be signed one by one.
        single.forEach(sink::emit);
        close(tally, sender, now, sink);
    }

    /** What a home itself says is its own doing; what others pass on of it is not theirs. */
    private void close(PresenceTally tally, ServerId sender, Moment now, EffectSink sink) {
        boolean isSaid =
                fullReportedNs != null
                        && now.ns() - fullReportedNs < FULL_REPORT_INTERVAL.toNanos();
        if (tally.isFull() && !isSaid) {
            fullReportedNs = now.ns();
            sink.emit(new Report(Notice.warn("directory full: users not taken up")));
        }
        if (sender.equals(tally.home())) {
            tally.offences()
                    .forEach(o ->
                            conduct.onOffence(sender, o.offence(), o.times(), o.text(), now)
                                    .forEach(sink::emit));
        }
    }

    /** The key of a user whose home told none, from a server that keeps a register. */
    void onKey(PubkeyResponse answer, Admitted admitted, Moment now, EffectSink sink) {
        PresentUser user = directory.find(answer.user());
        if (user != null
                && user.key() == null
                && user.location() instanceof UserLocation.Remote(ServerId home)
                && RsaPublicKey.read(answer.pubkey()) instanceof KeyReading.Valid(RsaPublicKey key)
                && gossip.isRegister(home)
                && gossip.keepsRegisterFor(senderOf(admitted), home)) {
            UserAdvertise known =
                    keyed(user.advertisement().statement(), key, user.advertisedTs() + 1);
            Spread nobody = new Spread.ToForeign(gossip.linkedServers(PeerTable.PEERS_MAX));
            learn(present(known, self.toAll(known, known.ts())), nobody, now, sink);
        }
    }

    /** A home that does not tell keys does not take one back. */
    private UserAdvertise withKnownKey(UserAdvertise advertise) {
        PresentUser known = directory.find(advertise.user());
        if (advertise.key() != null
                || known == null
                || !known.location().equals(new UserLocation.Remote(advertise.server()))) {
            return advertise;
        }
        return keyed(advertise, known.key(), advertise.ts());
    }

    private static UserAdvertise keyed(UserAdvertise said, @Nullable RsaPublicKey key, long ts) {
        return new UserAdvertise(said.origin(), said.user(), said.server(), ts, key, said.meta());
    }

    /**
     * Drops users of {@code server} not advertised since; our users are told, in our name, and so
     * are the peers that hear of them from us alone.
     */
    void sweep(ServerId server, long sinceNs, Moment now, EffectSink sink) {
        claims.forget(server, sinceNs);
        List<UserId> gone = directory.sweep(server, sinceNs);
        tellOfGone(server, gone, now, sink);
        if (!gone.isEmpty()) {
            sink.emit(
                    new Report(
                            Notice.info("{} users of server {} dropped")
                                    .with("users", gone.size())
                                    .with("peer", server)));
        }
    }

    /** A peer through which we reach the server says, in its own name, who is gone from there. */
    private void release(PresenceBatch word, Moment now, EffectSink sink) {
        List<UserId> gone =
                word.removed().stream()
                        .map(Removed::user)
                        .filter(user -> directory.release(user, word.server()))
                        .toList();
        tellOfGone(word.server(), gone, now, sink);
    }

    private void tellOfGone(ServerId server, List<UserId> gone, Moment now, EffectSink sink) {
        log.onGone(server);
        for (UserId user : gone) {
            UserRemove removal = new UserRemove(self.id(), user, server, now.epochMs());
            gossip.tellUsers(self.toAll(removal, now.epochMs()), sink);
            settle(user, now, sink);
        }
        List<LinkId> links =
                dependents.of(server).stream()
                        .map(peers::linkTo)
                        .filter(Objects::nonNull)
                        .filter(gossip::isOwnRelay)
                        .toList();
        if (!links.isEmpty()) {
            words(server, gone, now).forEach(frame -> sink.emit(new Send(links, frame)));
        }
    }

    /** That these users are not at that server, as far as we know. */
    private List<OutboundFrame> words(ServerId server, List<UserId> gone, Moment now) {
        long ts = now.epochMs();
        List<OutboundFrame> frames = new ArrayList<>();
        for (int from = 0; from < gone.size(); from += PresenceBatch.ENTRIES_MAX) {
            int to = Math.min(from + PresenceBatch.ENTRIES_MAX, gone.size());
            List<Removed> removed =
                    gone.subList(from, to).stream().map(user -> new Removed(user, ts)).toList();
            frames.add(
                    self.toAll(
                            new PresenceBatch(self.id(), server, ts, List.of(), removed, List.of()),
                            ts));
        }
        return frames;
    }

    /** Tells a peer that reaches the server through us all that it has said of its users. */
    void replay(ServerId server, LinkId link, Moment now, EffectSink sink) {
        if (gossip.isOwnRelay(link)) {
            PresenceLog.Story story = log.of(server);
            Bulletin.replay(link, story.frames(), REPLAY_FRAMES_MAX, sink);
            words(server, story.ghosts(), now).forEach(frame -> sink.emit(new Send(link, frame)));
        }
    }

    private PresenceLog.Page page(
            PresenceMessage presence, OutboundFrame frame, Admitted admitted) {
        return switch (presence) {
            case UserAdvertise advertise ->
                    new PresenceLog.Page(
                            frame,
                            isHeld(frame, advertise.user()) ? 0 : length(admitted),
                            List.of(said(advertise.user(), advertise.ts())),
                            List.of());
            case UserRemove remove ->
                    new PresenceLog.Page(
                            frame, length(admitted), List.of(), List.of(remove.user()));
        };
    }

    private static PresenceLog.Page page(
            PresenceBatch batch, OutboundFrame frame, Admitted admitted) {
        return new PresenceLog.Page(
                frame,
                length(admitted),
                batch.added().stream().map(added -> said(added.user(), added.ts())).toList(),
                batch.removed().stream().map(Removed::user).toList());
    }

    /** Whether the directory holds the very same frame; not that of a mere claim. */
    private boolean isHeld(OutboundFrame frame, UserId user) {
        PresentUser known = directory.find(user);
        return known != null && known.advertisement().original().equals(frame);
    }

    private static PresenceLog.Said said(UserId user, long ts) {
        return new PresenceLog.Said(user, ts);
    }

    private static int length(Admitted admitted) {
        return admitted.envelope().bytes().length;
    }

    private PresenceChange learn(PresentUser user, Spread spread, Moment now, EffectSink sink) {
        UserAdvertise advertise = user.advertisement().statement();
        if (directory.isAnothersKey(user)) {
            return PresenceChange.CONFLICT;
        }
        PresenceChange refusal = stranded.refusalOf(advertise);
        if (refusal != null) {
            claims.add(new Claim(user, spread, now.ns()));
            return refusal;
        }
        UserLocation before = directory.locate(user.user());
        PresenceChange change = directory.apply(advertise, user, now.ns());
        if (change == PresenceChange.APPLIED) {
            stranded.onMoved(user.user(), before, now);
            gossip.tellPeers(user.advertisement().original(), spread, sink);
            gossip.tellUsers(user.advertisement(), Gossip.NOBODY, sink);
            if (user.key() == null) {
                gossip.askForKey(user.user(), now, sink);
            }
        }
        return change;
    }

    private PresenceChange forget(
            UserRemove remove, OutboundFrame frame, Spread spread, Moment now, EffectSink sink) {
        claims.withdraw(remove.user(), remove.server());
        PresenceChange change = directory.apply(remove);
        if (change == PresenceChange.APPLIED) {
            gossip.tellPeers(frame, spread, sink);
            gossip.tellUsers(frame, sink);
            settle(remove.user(), now, sink);
        }
        return change;
    }

    /** Whoever claimed users of a server that has been lost since is right. */
    void onTick(Moment now, EffectSink sink) {
        if (stranded.isNews()) {
            claims.takeIf(claim -> stranded.refusalOf(claim.said()) == null)
                    .forEach(claim -> learn(claim.user(), claim.spread(), now, sink));
        }
    }

    /** Our user has left; he may have turned up elsewhere before that. */
    void onDeparted(UserId user, Moment now, EffectSink sink) {
        claims.take(user)
                .filter(claim -> !stranded.isLost(claim.said().server()))
                .ifPresent(claim -> {
                    directory.reopen(user);
                    learn(claim.user(), claim.spread(), now, sink);
                });
    }

    /** The user's home has let go: whoever claimed him meanwhile is right. */
    private void settle(UserId user, Moment now, EffectSink sink) {
        claims.take(user).ifPresent(claim -> learn(claim.user(), claim.spread(), now, sink));
    }

    private static ServerId senderOf(Admitted gossip) {
        return switch (gossip.link()) {
            case LinkIdentity.Server(ServerId server, _, _) -> server;
            // It has shown by this frame who it is.
            case LinkIdentity.Introducer _ -> new ServerId(gossip.envelope().from());
            case LinkIdentity.Stranger _, LinkIdentity.User _ ->
                    throw new IllegalStateException(
                            "presence was vetted on a link that is no peer's");
        };
    }

    private static UserAdvertise advertise(ServerId home, Added added) {
        return new UserAdvertise(home, added.user(), home, added.ts(), added.key(), added.meta());
    }

    private PresentUser present(UserAdvertise advertise, OutboundFrame frame) {
        String name =
                advertise.meta().get("display_name") instanceof JsonText(String text)
                                && text.length() <= MessageParser.DISPLAY_NAME_CHARS_MAX
                        ? text
                        : null;
        return new PresentUser(
                advertise.user(),
                new UserLocation.Remote(advertise.server()),
                advertise.key(),
                name,
                advertise.ts(),
                new Advertisement(advertise, frame, frames::advertise));
    }
}
