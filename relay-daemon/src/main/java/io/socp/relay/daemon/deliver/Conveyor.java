package io.socp.relay.daemon.deliver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.socp.relay.daemon.deliver.FrameWatch.Destination;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.Supply;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.Priority;
import io.socp.relay.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One link on which a peer's outbox is emptied. Event-loop confined to the link's loop, but for
 * what a {@link PeerOutbox.Line} is told.
 *
 * <p>Keeps what was written until the other end has read it. That is found out by WebSocket's own
 * means, which every server has: a ping carries the number of frames written before it, and the
 * pong with this number says that they were read. At most one ping is under way, so the cost does
 * not grow with the traffic.
 */
@EventLoopConfined
final class Conveyor implements Supply, PeerOutbox.Line {

    /** How finely the timers run, and the shortest time between two pings. */
    static final Duration TICK = Duration.ofMillis(100);

    /** A ping is repeated then: one who cannot write at the moment leaves it unanswered. */
    static final int TICKS_TO_ASK_AGAIN = 20;

    /**
     * A link on which no ping was ever answered, for so long, does not answer pings: what is
     * written counts as read.
     */
    static final int TICKS_TO_MUTE = 200;

    /**
     * How long a link that takes over waits: what its predecessor had brought shall be dealt with
     * before the rest comes on another way, and the new link's greeting too.
     */
    static final Duration TAKE_OVER_PAUSE = Duration.ofMillis(250);

    private final PeerOutbox outbox;
    private final Link link;
    private final FrameWatch watch;
    private final Ticker ticker;
    private final Deque<Parcel> unconfirmed = new ArrayDeque<>(0);
    private final AtomicBoolean woken = new AtomicBoolean();
    private boolean open;
    private boolean ticking;
    private boolean hasAnswered;
    private boolean mute;

    /**
     * Frames written, those of them that are known to be read, and those the last ping is about.
     */
    private long written;

    private long confirmed;
    private long asked;
    private int ticksUnanswered;

    /** Frames taken, to time one of some. */
    private int taken;

    Conveyor(PeerOutbox outbox, Link link, FrameWatch watch, Ticker ticker) {
        this.ticker = ticker;
        this.outbox = outbox;
        this.link = link;
        this.watch = watch;
    }

    @Override
    public void wake() {
        if (woken.compareAndSet(false, true)) {
            if (link.loop().inEventLoop()) {
                supply();
            } else {
                onLoop(this::supply, Duration.ZERO);
            }
        }
    }

    @Override
    public void takeOver() {
        // Held down until then: wake() does nothing.
        woken.set(true);
        onLoop(this::supply, TAKE_OVER_PAUSE);
    }

    @Override
    public void giveWay() {
        onLoop(this::handOver, Duration.ZERO);
    }

    @Override
    public LinkId link() {
        return link.id();
    }

    @Override
    public boolean provesFrames() {
        return link.identity().frames() == FrameProof.LINK;
    }

    private void handOver() {
        if (outbox.handOver(this, unconfirmed)) {
            watch.onSentAgain(unconfirmed.size());
            open = false;
            forget();
        }
    }

    private void supply() {
        woken.set(false);
        boolean opens = !open;
        open = true;
        if (!link.isClosing()) {
            link.onSupplied();
            if (opens) {
                // Who answers this is never taken for mute, however soon the way to it is cut.
                link.ping(confirmed);
            }
        }
    }

    private void onLoop(Runnable task, Duration delay) {
        try {
            if (delay.isZero()) {
                link.loop().execute(task);
            } else {
                var _ = link.loop().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException stopped) {
            // The relay stops: nothing will be written any more.
        }
    }

    @Override
    public @Nullable ByteBuf next(Priority least) {
        Parcel parcel = open ? outbox.take(this, least) : null;
        if (parcel == null) {
            return null;
        }
        if (FrameWork.isTimed(taken++)) {
            watch.onRelayed(Destination.PEER, ticker.now().ns() - parcel.sinceNs());
        }
        if (mute) {
            outbox.confirm(List.of(parcel));
        } else {
            unconfirmed.add(parcel);
            written++;
            startTicking();
        }
        return Unpooled.wrappedBuffer(parcel.bytes());
    }

    @Override
    public void onPong(long number) {
        if (number > asked) {
            return;
        }
        hasAnswered = true;
        if (number <= confirmed) {
            return;
        }
        ticksUnanswered = 0;
        List<Parcel> arrived = new ArrayList<>();
        for (; confirmed < number; confirmed++) {
            arrived.add(unconfirmed.remove());
        }
        outbox.confirm(arrived);
    }

    @Override
    public void onClosed() {
        watch.onSentAgain(unconfirmed.size());
        outbox.detach(this, unconfirmed);
        unconfirmed.clear();
    }

    private void startTicking() {
        if (!ticking) {
            ticking = true;
            onLoop(this::onTick, TICK);
        }
    }

    private void onTick() {
        ticking = false;
        if (unconfirmed.isEmpty() || link.isClosing()) {
            return;
        }
        if (asked == confirmed) {
            ask();
        } else {
            onUnanswered();
        }
        if (!unconfirmed.isEmpty()) {
            startTicking();
        }
    }

    private void onUnanswered() {
        ticksUnanswered++;
        if (ticksUnanswered % TICKS_TO_ASK_AGAIN == 0) {
            ask();
        }
        if (!hasAnswered && ticksUnanswered >= TICKS_TO_MUTE) {
            mute = true;
            outbox.confirm(unconfirmed);
            forget();
        }
    }

    private void ask() {
        asked = written;
        link.ping(asked);
    }

    /** Whoever has the frames now, it is not this line; answers about them come too late. */
    private void forget() {
        unconfirmed.clear();
        confirmed = written;
        asked = written;
        ticksUnanswered = 0;
    }
}
