package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.engine.RelayEffect.Post;
import io.socp.relay.engine.RelayEffect.Report;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.limit.RateLimiter;
import io.socp.relay.mesh.PeerTable;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How peers behave: offences are counted, weighed and, where they come too thick, end in the peer
 * being refused for a while. Thread-safe: one record for each peer, locked while it is written.
 *
 * <p>A peer has {@link #PATIENCE} points, and one comes back each {@link #POINT_INTERVAL}. Whoever
 * only says that it is a peer, and has signed nothing on its link, is judged by that link alone:
 * nobody gets another server cut. What a proven link does is held against the server together with
 * the address it comes from: a greeting repeated elsewhere proves as much as the first, and must
 * not cost its author anything. In one place, all that one key does is one account, whatever the
 * id.
 *
 * <p>A flood of offences makes no flood of work: of each kind the operator hears once, the control
 * plane hears once that a peer has gone too far, and from then on its frames are dropped unread.
 */
@ThreadSafe
public final class Conduct {

    /** Points a peer may cost at once. */
    static final int PATIENCE = 100_000;

    /** How soon one point comes back: 1,000 a second may go on for ever. */
    static final Duration POINT_INTERVAL = Duration.ofMillis(1);

    /** How long a peer is refused that has gone too far; each further time twice as long. */
    static final Duration REFUSAL_FIRST = Duration.ofSeconds(60);

    /** The longest refusal: a flood then has seconds of every ten minutes. */
    static final Duration REFUSAL_MAX = Duration.ofMinutes(10);

    /** The operator hears of a kind of offence again when the peer was free of it for so long. */
    static final Duration QUIET = Duration.ofMinutes(10);

    /** A refusal is forgotten, and the next one short again, so long after its end. */
    static final Duration FORGIVEN_AFTER = Duration.ofHours(1);

    /**
     * Offenders remembered, servers and claims each; of more, the one that has been good for
     * longest is forgotten, and where all are refused, the one whose refusal ends first.
     */
    static final int OFFENDERS_MAX = 2 * PeerTable.PEERS_MAX;

    private final PeerTable peers;
    private final LinkOrigins origins;
    private final Map<Offender, Dossier> servers = new ConcurrentHashMap<>();
    private final Map<LinkId, Dossier> claims = new ConcurrentHashMap<>();

    /** Where servers' links come from, by which they are judged when their sockets are gone too. */
    private final Map<LinkId, String> places = new ConcurrentHashMap<>();

    private final Map<Offence, LongAdder> counts = new EnumMap<>(Offence.class);
    private final LongAdder refusals = new LongAdder();

    /** Mesh loop only: the link whose frame the control plane is dealing with. */
    private @Nullable LinkId heard;

    Conduct(PeerTable peers, LinkOrigins origins) {
        this.peers = peers;
        this.origins = origins;
        for (Offence offence : Offence.values()) {
            counts.put(offence, new LongAdder());
        }
    }

    /**
     * An offence on a link that belongs to the server, or is said to.
     *
     * @param text for the operator, a whole sentence
     * @return what is to be done about it; mostly nothing
     */
    List<RelayEffect> onOffence(
            ServerId server, LinkId link, Offence offence, String text, Moment now) {
        count(offence, 1);
        if (peers.isProven(server, link)) {
            Charge charge = new Charge(server, null, offence, 1, text);
            return judge(new Offender(server, originOf(link)), charge, now);
        }
        return peers.hasLink(server, link)
                ? judgeClaim(link, new Charge(server, link, offence, 1, text), now)
                : List.of();
    }

    /** A server may show itself on this link, whose socket still tells where it comes from. */
    void onOpened(LinkId link) {
        places.putIfAbsent(link, origins.of(link));
    }

    /** The control plane deals with a frame of this link from now on; mesh loop only. */
    void hearing(LinkId link) {
        heard = link;
    }

    /** Offences of a server in the frame that is being dealt with; mesh loop only. */
    List<RelayEffect> onOffence(
            ServerId server, Offence offence, int times, String text, Moment now) {
        count(offence, times);
        LinkId link = heard;
        if (link != null && !peers.isProven(server, link) && peers.hasLink(server, link)) {
            return judgeClaim(link, new Charge(server, link, offence, times, text), now);
        }
        Charge charge = new Charge(server, null, offence, times, text);
        return judge(new Offender(server, originOf(link)), charge, now);
    }

    private String originOf(@Nullable LinkId link) {
        if (link == null) {
            return "";
        }
        String place = places.get(link);
        return place == null ? origins.of(link) : place;
    }

    /** Whether what comes on this link of the server is to be dropped unread. */
    boolean isRefused(ServerId server, LinkId link, Moment now) {
        return isRefused(servers.get(new Offender(server, originOf(link))), now)
                || isRefused(claims.get(link), now);
    }

    /** Whether the server itself is refused, where the frame came from; mesh loop only. */
    boolean isRefused(ServerId server, Moment now) {
        return isRefused(servers.get(new Offender(server, originOf(heard))), now);
    }

    /**
     * Until when the server is refused on this link, by id or by key, monotonic ns; empty when it
     * is not.
     */
    Optional<Long> refusedUntilNs(ServerId server, RsaPublicKey key, LinkId link, Moment now) {
        return refusedUntilNs(server, key, originOf(link), now);
    }

    /** The same for one who would be dialled there. */
    Optional<Long> refusedUntilNs(ServerId server, RsaPublicKey key, HostPort address, Moment now) {
        return refusedUntilNs(server, key, address.host(), now);
    }

    private Optional<Long> refusedUntilNs(
            ServerId server, RsaPublicKey key, String origin, Moment now) {
        return servers.entrySet().stream()
                .filter(e -> e.getKey().isFrom(origin))
                .filter(e -> e.getKey().server().equals(server) || key.equals(e.getValue().key))
                .map(Map.Entry::getValue)
                .filter(dossier -> isRefused(dossier, now))
                .map(dossier -> dossier.refusedUntilNs)
                .max(Long::compare);
    }

    /** The link is gone, and nothing more will come from it. */
    void forget(LinkId link) {
        claims.remove(link);
        places.remove(link);
    }

    void onTick(Moment now) {
        servers.values().removeIf(dossier -> dossier.isSpent(now));
        claims.values().removeIf(dossier -> dossier.isSpent(now));
    }

    /** Offences of this kind since the start. */
    public long count(Offence offence) {
        LongAdder count = counts.get(offence);
        return count == null ? 0 : count.sum();
    }

    /** Peers cut off since the start. */
    public long refusals() {
        return refusals.sum();
    }

    /** Peers remembered for an offence. */
    int offenders() {
        return servers.size() + claims.size();
    }

    private void count(Offence offence, int times) {
        LongAdder count = counts.get(offence);
        if (count != null) {
            count.add(times);
        }
    }

    private static boolean isRefused(@Nullable Dossier dossier, Moment now) {
        return dossier != null && dossier.isRefused(now);
    }

    private List<RelayEffect> judge(Offender offender, Charge charge, Moment now) {
        Dossier dossier = servers.get(offender);
        if (dossier == null) {
            RsaPublicKey key = peers.keyOf(charge.server);
            Dossier ofKey = find(key, offender.origin());
            makeRoom(servers, now);
            dossier =
                    servers.computeIfAbsent(
                            offender, _ -> ofKey == null ? new Dossier(key, now.ns()) : ofKey);
            if (dossier.isRefused(now)) {
                // For what it did under its other id: its links under this one go too.
                return List.of(new Post(new RelayEvent.Misconduct(charge.server, null)));
            }
        }
        return judge(dossier, charge, now);
    }

    private List<RelayEffect> judgeClaim(LinkId link, Charge charge, Moment now) {
        Dossier dossier = claims.get(link);
        if (dossier == null) {
            RsaPublicKey key = peers.keyOf(charge.server);
            makeRoom(claims, now);
            dossier = claims.computeIfAbsent(link, _ -> new Dossier(key, now.ns()));
        }
        return judge(dossier, charge, now);
    }

    private List<RelayEffect> judge(Dossier dossier, Charge charge, Moment now) {
        List<RelayEffect> effects = dossier.judge(charge, now);
        if (effects.stream().anyMatch(Post.class::isInstance)) {
            refusals.increment();
        }
        return effects;
    }

    /** What is held against the same server under another id, in the same place: its key tells. */
    private @Nullable Dossier find(@Nullable RsaPublicKey key, String origin) {
        return key == null
                ? null
                : servers.entrySet().stream()
                        .filter(e -> e.getKey().origin().equals(origin))
                        .map(Map.Entry::getValue)
                        .filter(dossier -> key.equals(dossier.key))
                        .findFirst()
                        .orElse(null);
    }

    private static <K> void makeRoom(Map<K, Dossier> dossiers, Moment now) {
        while (dossiers.size() >= OFFENDERS_MAX) {
            dossiers.entrySet().stream()
                    .max(Comparator.comparingLong(e -> e.getValue().restedNs(now)))
                    .ifPresent(best -> dossiers.remove(best.getKey()));
        }
    }

    /**
     * A server, as it shows itself from one place.
     *
     * @param origin empty where that is not known, which is everywhere
     */
    private record Offender(ServerId server, String origin) {

        boolean isFrom(String other) {
            return origin.isEmpty() || origin.equals(other);
        }
    }

    /**
     * What an offender is charged with.
     *
     * @param claim the link on which it says that it is the server; null where it has shown it
     */
    private record Charge(
            ServerId server, @Nullable LinkId claim, Offence offence, int times, String text) {}

    /** What is held against one peer. Guarded by itself, but for the volatile. */
    private static final class Dossier {

        private final @Nullable RsaPublicKey key;
        private final Map<Offence, Long> lastNs = new EnumMap<>(Offence.class);
        private RateLimiter patience;
        private int refusals;
        private long lastOffenceNs;
        private volatile long refusedUntilNs;

        /** Until it was, the time above says nothing, not even of frames older than the dossier. */
        private volatile boolean wasRefused;

        Dossier(@Nullable RsaPublicKey key, long nowNs) {
            this.key = key;
            this.patience = fresh(nowNs);
            this.lastOffenceNs = nowNs;
            this.refusedUntilNs = nowNs;
        }

        synchronized List<RelayEffect> judge(Charge charge, Moment now) {
            if (isRefused(now)) {
                return List.of();
            }
            List<RelayEffect> effects = new ArrayList<>(2);
            lastOffenceNs = now.ns();
            Long last = lastNs.put(charge.offence, now.ns());
            boolean isNews = last == null || now.ns() - last >= QUIET.toNanos();
            if (isNews && !charge.offence.isDaily()) {
                effects.add(new Report(Notice.warn("{}").with("detail", charge.text)));
            }
            if (!patience.tryTake(cost(charge), now.ns())) {
                Duration refusal = nextRefusal();
                patience = fresh(now.ns());
                refusedUntilNs = now.ns() + refusal.toNanos();
                wasRefused = true;
                effects.add(
                        new Report(
                                Notice.warn(
                                                "server {} is cut off and refused for {} s: too"
                                                        + " much misconduct, at last {}")
                                        .with("peer", charge.server)
                                        .with("seconds", refusal.toSeconds())
                                        .with("offence", charge.offence)));
                effects.add(new Post(new RelayEvent.Misconduct(charge.server, charge.claim)));
            }
            return effects;
        }

        boolean isRefused(Moment now) {
            return wasRefused && refusedUntilNs - now.ns() > 0;
        }

        /** Nothing in it would change what happens next. */
        synchronized boolean isSpent(Moment now) {
            return restedNs(now) >= (refusals > 0 ? FORGIVEN_AFTER : QUIET).toNanos();
        }

        /** Negative while it is refused. */
        synchronized long restedNs(Moment now) {
            return Math.min(now.ns() - lastOffenceNs, now.ns() - refusedUntilNs);
        }

        private static int cost(Charge charge) {
            long points = (long) charge.offence.weight() * charge.times;
            return (int) Math.min(points, PATIENCE + 1L);
        }

        private Duration nextRefusal() {
            Duration refusal = REFUSAL_FIRST.multipliedBy(1L << Math.min(refusals, 30));
            refusals++;
            return refusal.compareTo(REFUSAL_MAX) < 0 ? refusal : REFUSAL_MAX;
        }

        private static RateLimiter fresh(long nowNs) {
            return new RateLimiter(PATIENCE, POINT_INTERVAL, nowNs);
        }
    }
}
