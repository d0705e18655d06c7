package io.socp.relay.engine;

import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dedup.Admitted;
import io.socp.relay.dialect.UserFrames;
import io.socp.relay.engine.Claims.Claim;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.envelope.JsonValue.JsonText;
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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

    private final Self self;
    private final UserDirectory directory;
    private final PeerTable peers;
    private final Gossip gossip;
    private final UserFrames frames;
    private final Claims claims = new Claims();

    RemoteUsers(
            Self self, UserDirectory directory, PeerTable peers, Gossip gossip, UserFrames frames) {
        this.self = self;
        this.directory = directory;
        this.peers = peers;
        this.gossip = gossip;
        this.frames = frames;
    }

    /** One piece of news. */
    void onPresence(PresenceMessage presence, Admitted admitted, Moment now, EffectSink sink) {
        OutboundFrame frame =
                admitted.envelope().type().equals(presence.type().name())
                        ? OutboundFrame.asReceived(admitted.envelope())
                        : self.toAll(presence, admitted.envelope().ts());
        Spread spread = new Spread.ToAll(List.of(senderOf(admitted), presence.origin()));
        Unapplied unapplied = new Unapplied();
        switch (presence) {
            case UserAdvertise advertise -> {
                PresentUser user = present(withKnownKey(advertise), frame);
                PresenceChange change = learn(user, spread, now, sink);
                unapplied.count(advertise, change);
                if (change == PresenceChange.APPLIED && user.key() == null) {
                    gossip.askForKey(user.user(), now, sink);
                }
            }
            case UserRemove remove -> forget(remove, frame, spread, now, sink);
        }
        unapplied.report(sink);
    }

    /** Much news of one home. */
    void onBatch(PresenceBatch batch, Admitted admitted, Moment now, EffectSink sink) {
        List<ServerId> knowing =
                Stream.concat(Stream.of(senderOf(admitted), batch.server()), batch.told().stream())
                        .toList();
        Spread spread = new Spread.ToForeign(knowing);
        Unapplied unapplied = new Unapplied();
        List<RelayEffect> single = new ArrayList<>();
        boolean isBatch = admitted.envelope().type().equals(batch.type().name());
        boolean isNews = false;
        for (Removed removed : batch.removed()) {
            UserRemove remove =
                    new UserRemove(self.id(), removed.user(), batch.server(), removed.ts());
            OutboundFrame frame = self.toAll(remove, removed.ts());
            isNews |= forget(remove, frame, spread, now, single::add);
        }
        for (Added added : batch.added()) {
            UserAdvertise advertise = withKnownKey(advertise(batch.server(), added));
            PresentUser user = present(advertise, self.toAll(advertise, added.ts()));
            PresenceChange change = learn(user, spread, now, single::add);
            unapplied.count(advertise, change);
            isNews |= change == PresenceChange.APPLIED || change == PresenceChange.CLAIMED;
        }
        if (isNews && isBatch) {
            gossip.tellOwnRelays(OutboundFrame.asReceived(admitted.envelope()), knowing, sink);
        }
        // Behind the batch: these may have to be signed one by one.
        single.forEach(sink::emit);
        unapplied.report(sink);
    }

    /** The key of a user whose home told none, from a server that keeps a register. */
    void onKey(PubkeyResponse answer, Admitted admitted, Moment now, EffectSink sink) {
        PresentUser user = directory.find(answer.user());
        if (user != null
                && user.key() == null
                && user.location() instanceof UserLocation.Remote(ServerId home)
                && RsaPublicKey.read(answer.pubkey()) instanceof KeyReading.Valid(RsaPublicKey key)
                && gossip.isRegister(home)
                && gossip.isRegister(senderOf(admitted))) {
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

    /** Drops users of {@code server} not advertised since; our users are told, in our name. */
    void sweep(ServerId server, long sinceNs, Moment now, EffectSink sink) {
        List<UserId> gone = directory.sweep(server, sinceNs);
        for (UserId user : gone) {
            UserRemove removal = new UserRemove(self.id(), user, server, now.epochMs());
            gossip.tellUsers(self.toAll(removal, now.epochMs()), sink);
            settle(user, now, sink);
        }
        if (!gone.isEmpty()) {
            sink.emit(
                    new Report(
                            Notice.info(gone.size() + " users of server " + server + " dropped")));
        }
    }

    private PresenceChange learn(PresentUser user, Spread spread, Moment now, EffectSink sink) {
        UserAdvertise advertise = user.advertisement().statement();
        if (isHostedElsewhere(advertise)) {
            claims.add(new Claim(user, spread));
            return PresenceChange.CLAIMED;
        }
        PresenceChange change = directory.apply(advertise, user, now.ns());
        if (change == PresenceChange.APPLIED) {
            gossip.tellPeers(user.advertisement().original(), spread, sink);
            gossip.tellUsers(user.advertisement(), Gossip.NOBODY, sink);
        }
        return change;
    }

    /** Whether that was news. */
    private boolean forget(
            UserRemove remove, OutboundFrame frame, Spread spread, Moment now, EffectSink sink) {
        claims.withdraw(remove.user(), remove.server());
        if (directory.apply(remove) != PresenceChange.APPLIED) {
            return false;
        }
        gossip.tellPeers(frame, spread, sink);
        gossip.tellUsers(frame, sink);
        settle(remove.user(), now, sink);
        return true;
    }

    /** Whether another server, linked now, hosts the user: only it may say that he has left. */
    private boolean isHostedElsewhere(UserAdvertise advertise) {
        return directory.locate(advertise.user()) instanceof UserLocation.Remote(ServerId home)
                && !home.equals(advertise.server())
                && peers.linkTo(home) != null;
    }

    /** The user's home has let go: whoever claimed him meanwhile is right. */
    private void settle(UserId user, Moment now, EffectSink sink) {
        claims.take(user).ifPresent(claim -> learn(claim.user(), claim.spread(), now, sink));
    }

    private static ServerId senderOf(Admitted gossip) {
        return switch (gossip.link()) {
            case LinkIdentity.Server(ServerId server, _) -> server;
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

    /** What of one frame was not taken up; the operator hears of each kind once. */
    private static final class Unapplied {

        private final Map<PresenceChange, Integer> counts = new EnumMap<>(PresenceChange.class);
        private final Map<PresenceChange, UserAdvertise> examples =
                new EnumMap<>(PresenceChange.class);

        void count(UserAdvertise advertise, PresenceChange change) {
            counts.merge(change, 1, Integer::sum);
            examples.putIfAbsent(change, advertise);
        }

        void report(EffectSink sink) {
            UserAdvertise taken = examples.get(PresenceChange.CONFLICT);
            if (taken != null) {
                String text =
                        "server "
                                + taken.server()
                                + " claims user "
                                + taken.user()
                                + ", who is online elsewhere: ignored";
                sink.emit(new Report(Notice.warn(text + others(PresenceChange.CONFLICT))));
            }
            if (counts.containsKey(PresenceChange.FULL)) {
                String text = "directory full: user not taken up";
                sink.emit(new Report(Notice.warn(text + others(PresenceChange.FULL))));
            }
        }

        private String others(PresenceChange change) {
            int count = counts.getOrDefault(change, 1);
            return count == 1 ? "" : ", and " + (count - 1) + " more";
        }
    }
}
