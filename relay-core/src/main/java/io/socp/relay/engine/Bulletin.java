package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.engine.RelayEffect.Replay;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.message.PresenceBatch.Added;
import io.socp.relay.message.PresenceBatch.Removed;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.presence.PresentUser;
import io.socp.relay.presence.UserDirectory;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * News of our own users for our peers: one frame a change, or many changes in one frame for our own
 * relays. Event-loop confined to the mesh loop.
 *
 * <p>A signature costs 1.3 ms, so what nobody has signed yet goes in batches. A change goes alone,
 * and at once, when it is the first for a while, and when its frame must be signed anyway for a
 * user or a foreign server: then everyone may have that one frame, and nobody signs in our stead.
 */
@EventLoopConfined
final class Bulletin {

    /** Frames handed over at once; they may still have to be signed. */
    static final int REPLAY_FRAMES_MAX = 64;

    /** Batches handed over at once: each is as long as many frames. */
    private static final int REPLAY_BATCHES_MAX = 4;

    /** How long a batch may become, roughly; at twice the length it would still be a frame. */
    static final int BATCH_BYTES_MAX = 128 * 1024;

    /** What an entry takes at most beside its key and its name: id, time, names of fields. */
    private static final int ENTRY_BYTES = 512;

    /**
     * How long our users' names may wait when a link comes up. Who joins a mesh of many is not told
     * by all of them at once, and who comes meanwhile is told by the same frames.
     */
    static final Duration SYNC_JITTER = Duration.ofMillis(250);

    private final Self self;
    private final UserDirectory directory;
    private final Gossip gossip;
    private final RandomGenerator random;

    private final Map<UserId, PresentUser> added = new LinkedHashMap<>();
    private final Map<UserId, Removed> removed = new LinkedHashMap<>();
    private final Set<LinkId> newLinks = new LinkedHashSet<>();
    private long syncDueNs;
    private boolean isBusy;

    Bulletin(Self self, UserDirectory directory, Gossip gossip, RandomGenerator random) {
        this.self = self;
        this.directory = directory;
        this.gossip = gossip;
        this.random = random;
    }

    /** One of our users has come. */
    void arrived(PresentUser user, Moment now, EffectSink sink) {
        if (goesAlone(user.advertisedTs(), now)) {
            flush(now, sink);
            gossip.tellOfArrival(user.advertisement(), now, sink);
        } else {
            added.put(user.user(), user);
            flushIfFull(now, sink);
        }
    }

    /**
     * One of our users has left.
     *
     * @param removal says so
     */
    void departed(UserId user, long ts, OutboundFrame removal, Moment now, EffectSink sink) {
        added.remove(user);
        if (goesAlone(ts, now)) {
            flush(now, sink);
            gossip.tellOfDeparture(user, ts, removal, sink);
        } else {
            removed.put(user, new Removed(user, ts));
            flushIfFull(now, sink);
        }
    }

    /** A peer's link is up: it is told of all our users, a foreign one at once. */
    void introduceUsers(LinkId link, Moment now, EffectSink sink) {
        if (!gossip.isOwnRelay(link)) {
            List<OutboundFrame> frames = gossip.introductions(link, directory.locals(), now);
            replay(link, frames, REPLAY_FRAMES_MAX, sink);
            return;
        }
        if (newLinks.isEmpty()) {
            syncDueNs = now.ns() + (long) (SYNC_JITTER.toNanos() * random.nextDouble());
        }
        newLinks.add(link);
    }

    void onLinkClosed(LinkId link) {
        newLinks.remove(link);
    }

    void onTick(Moment now, EffectSink sink) {
        isBusy = flush(now, sink);
        if (!newLinks.isEmpty() && syncDueNs - now.ns() <= 0) {
            sync(now, sink);
            newLinks.clear();
        }
    }

    /** What is signed already goes as it is; the rest in batches, the same for each link. */
    private void sync(Moment now, EffectSink sink) {
        List<OutboundFrame> signed = new ArrayList<>();
        List<PresentUser> unsigned = new ArrayList<>();
        for (PresentUser user : directory.locals()) {
            OutboundFrame frame = user.advertisement().original();
            if (frame.isMade() || user.advertisedTs() > now.epochMs()) {
                signed.add(frame);
            } else {
                unsigned.add(user);
            }
        }
        List<OutboundFrame> batches = batches(unsigned, List.of(), now);
        for (LinkId link : newLinks) {
            replay(link, batches, REPLAY_BATCHES_MAX, sink);
            replay(link, signed, REPLAY_FRAMES_MAX, sink);
        }
    }

    /** Whether a change is told in a frame of its own; what was gathered before goes first. */
    private boolean goesAlone(long ts, Moment now) {
        boolean isFirst = !isBusy;
        isBusy = true;
        // No entry of a batch may be younger than the batch: our clock has been set back.
        return isFirst || gossip.needsSingleFrames() || ts > now.epochMs();
    }

    private void flushIfFull(Moment now, EffectSink sink) {
        if (added.size() + removed.size() >= PresenceBatch.ENTRIES_MAX) {
            flush(now, sink);
        }
    }

    /** Sends what was gathered; whether there was anything. */
    private boolean flush(Moment now, EffectSink sink) {
        if (added.isEmpty() && removed.isEmpty()) {
            return false;
        }
        List<PresentUser> arrivals = List.copyOf(added.values());
        List<Removed> departures = List.copyOf(removed.values());
        added.clear();
        removed.clear();
        for (OutboundFrame batch : batches(arrivals, departures, now)) {
            gossip.tellOwnRelays(batch, List.of(), sink);
        }
        return true;
    }

    /** All this in as few frames as the bounds allow; a single change in a frame of its own. */
    private List<OutboundFrame> batches(
            List<PresentUser> arrivals, List<Removed> departures, Moment now) {
        if (departures.isEmpty() && arrivals.size() == 1) {
            return List.of(arrivals.getFirst().advertisement().original());
        }
        if (arrivals.isEmpty() && departures.size() == 1) {
            Removed gone = departures.getFirst();
            var removal = new UserRemove(self.id(), gone.user(), self.id(), gone.ts());
            return List.of(self.toAll(removal, gone.ts()));
        }
        List<OutboundFrame> frames = new ArrayList<>();
        List<Added> entries = new ArrayList<>();
        List<Removed> gone = new ArrayList<>(departures);
        int bytes = gone.size() * ENTRY_BYTES;
        for (PresentUser user : arrivals) {
            int more = bytesOf(user);
            boolean isFull =
                    entries.size() + gone.size() == PresenceBatch.ENTRIES_MAX
                            || bytes + more > BATCH_BYTES_MAX;
            if (isFull) {
                frames.add(batch(entries, gone, now));
                entries.clear();
                gone.clear();
                bytes = 0;
            }
            UserAdvertise said = user.advertisement().statement();
            entries.add(new Added(said.user(), said.ts(), said.key(), said.meta()));
            bytes += more;
        }
        if (!entries.isEmpty() || !gone.isEmpty()) {
            frames.add(batch(entries, gone, now));
        }
        return frames;
    }

    private OutboundFrame batch(List<Added> arrivals, List<Removed> departures, Moment now) {
        long ts = now.epochMs();
        return self.toAll(
                new PresenceBatch(
                        self.id(),
                        self.id(),
                        ts,
                        arrivals,
                        departures,
                        gossip.linkedServers(PresenceBatch.TOLD_MAX)),
                ts);
    }

    /** A character of a name may take six bytes; the ends of a key's lines are not counted. */
    private static int bytesOf(PresentUser user) {
        RsaPublicKey key = user.key();
        String name = user.displayName();
        return ENTRY_BYTES
                + (key == null ? 0 : key.text().length())
                + (name == null ? 0 : 6 * name.length());
    }

    static void replay(LinkId link, List<OutboundFrame> frames, int framesMax, EffectSink sink) {
        for (int from = 0; from < frames.size(); from += framesMax) {
            int to = Math.min(from + framesMax, frames.size());
            sink.emit(new Replay(link, frames.subList(from, to)));
        }
    }
}
