package io.socp.relay.daemon.deliver;

import io.netty.channel.EventLoop;
import io.socp.relay.daemon.deliver.FrameWatch.Loss;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.engine.Complaint;
import io.socp.relay.engine.RelayEffect.Convey;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.ProvenLink;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Moment;
import io.socp.relay.time.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The outbox of each peer that has one. Thread-safe.
 *
 * <p>An outbox is made when something is for the peer, and dropped when it is empty and no link is
 * up. What could not be brought is told to the control plane, which tells the author.
 */
@ThreadSafe
public final class PeerOutboxes {

    /** How finely frames expire. */
    private static final Duration TICK = Duration.ofMillis(500);

    private final SpoolBounds bounds;
    private final Function<ServerId, @Nullable ProvenLink> linkTo;
    private final Ticker ticker;
    private final FrameWatch watch;
    private final Consumer<RelayEvent> control;
    private final Map<ServerId, PeerOutbox> byServer = new ConcurrentHashMap<>();
    private final AtomicLong totalBytes = new AtomicLong();

    /**
     * No outboxes yet.
     *
     * @param linkTo the link that takes users' frames for a server, or null; from any thread
     * @param watch is told what is given up
     * @param control tells the control plane
     */
    public PeerOutboxes(
            SpoolBounds bounds,
            Function<ServerId, @Nullable ProvenLink> linkTo,
            Ticker ticker,
            FrameWatch watch,
            Consumer<RelayEvent> control) {
        this.bounds = bounds;
        this.linkTo = linkTo;
        this.ticker = ticker;
        this.watch = watch;
        this.control = control;
    }

    /** Starts the timer on this loop. */
    public void start(EventLoop loop) {
        var ticks =
                loop.scheduleAtFixedRate(
                        this::onTick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
        loop.terminationFuture().addListener(_ -> ticks.cancel(false));
    }

    /** Frames on their way to peers and not confirmed. */
    public long frames() {
        return byServer.values().stream().mapToLong(PeerOutbox::frames).sum();
    }

    /** Bytes of these, about. */
    public long bytes() {
        return totalBytes.get();
    }

    /** For how long, at most, one of them has been waiting to be written. */
    public long oldestWaitNs() {
        long nowNs = ticker.now().ns();
        return byServer.values().stream().mapToLong(o -> o.oldestWaitNs(nowNs)).max().orElse(0);
    }

    /**
     * Takes on a frame, whose bytes these are, for each of its servers.
     *
     * @param readAt when what it is made of was read; null for what is made here and now
     */
    void offer(Convey convey, byte[] bytes, @Nullable Moment readAt) {
        if (convey.servers().isEmpty()) {
            return;
        }
        Moment now = ticker.now();
        Parcel parcel = parcel(convey, bytes, now, readAt == null ? now.ns() : readAt.ns());
        for (ServerId server : convey.servers()) {
            offer(server, parcel);
        }
    }

    /** A frame could not be handed over, nor brought to anybody else. */
    void onLeft() {
        watch.onLeft();
    }

    /** A link to the server is up; on the link's loop. */
    void attach(ServerId server, Link link) {
        if (link.isClosing()) {
            return;
        }
        while (true) {
            PeerOutbox outbox = of(server);
            Conveyor conveyor = new Conveyor(outbox, link, watch, ticker);
            link.takeFrom(conveyor);
            if (outbox.attach(conveyor)) {
                return;
            }
            byServer.remove(server, outbox);
        }
    }

    void onTick() {
        long nowNs = ticker.now().ns();
        for (PeerOutbox outbox : byServer.values()) {
            outbox.choose();
            outbox.expire(nowNs).forEach(parcel -> giveUp(parcel.complaint(), Loss.EXPIRED));
        }
        byServer.values().removeIf(PeerOutbox::retireIfIdle);
    }

    private void offer(ServerId server, Parcel parcel) {
        while (true) {
            PeerOutbox outbox = of(server);
            switch (outbox.offer(parcel)) {
                case TAKEN -> {
                    return;
                }
                case NO_ROOM -> {
                    giveUp(parcel.complaint(), Loss.NO_ROOM);
                    return;
                }
                case NO_ROOM_FOR_FILE -> {
                    giveUp(parcel.complaint(), Loss.FILE);
                    return;
                }
                case RETIRED -> byServer.remove(server, outbox);
            }
        }
    }

    private PeerOutbox of(ServerId server) {
        return byServer.computeIfAbsent(
                server, _ -> new PeerOutbox(bounds, totalBytes, () -> provenLink(server)));
    }

    private @Nullable LinkId provenLink(ServerId server) {
        ProvenLink proven = linkTo.apply(server);
        return proven == null ? null : proven.link();
    }

    private void giveUp(@Nullable Complaint complaint, Loss loss) {
        watch.onGivenUp(loss);
        if (complaint != null) {
            control.accept(new RelayEvent.Undelivered(complaint));
        }
    }

    /** Too old for the others it is useless, so its author's clock counts as well as ours. */
    private Parcel parcel(Convey convey, byte[] bytes, Moment now, long sinceNs) {
        long freshMs = convey.ts() + bounds.freshFor().toMillis() - now.epochMs();
        long staleNs = now.ns() + TimeUnit.MILLISECONDS.toNanos(freshMs);
        long deadlineNs = now.ns() + Math.min(bounds.ageMax().toNanos(), staleNs - now.ns());
        return new Parcel(
                bytes,
                convey.frame().priority(),
                convey.frame().needs(),
                deadlineNs,
                staleNs,
                sinceNs,
                convey.complaint());
    }
}
