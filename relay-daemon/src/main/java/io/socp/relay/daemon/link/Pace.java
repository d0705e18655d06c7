package io.socp.relay.daemon.link;

import io.netty.channel.EventLoop;
import io.socp.relay.ownership.EventLoopConfined;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How many frames a link's other end takes in a time; what comes too fast it would drop unseen.
 * Event-loop confined to the link's loop.
 *
 * <p>Counted in ticks, which run only while something is written: so many frames in each.
 */
@EventLoopConfined
final class Pace {

    static final Duration TICK = Duration.ofMillis(200);

    /** The last frames of a tick are for what would starve behind users' messages. */
    private static final int KEPT_PER_TICK = 2;

    /** As fast as the socket takes it. */
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final Pace AS_FAST_AS_IT_GOES = new Pace(_ -> {}, UNBOUNDED, () -> {});

    private final Consumer<Runnable> afterTick;
    private final int perTick;
    private final Runnable onNext;
    private int left;
    private boolean ticking;

    private Pace(Consumer<Runnable> afterTick, int perTick, Runnable onNext) {
        this.afterTick = afterTick;
        this.perTick = perTick;
        this.left = perTick;
        this.onNext = onNext;
    }

    /** For all links in common: it counts nothing. */
    static Pace unbounded() {
        return AS_FAST_AS_IT_GOES;
    }

    /**
     * At most so many frames a second, at least one a tick.
     *
     * @param onNext runs when more may be written
     */
    static Pace of(int framesPerSecond, EventLoop loop, Runnable onNext) {
        int perTick = (int) (framesPerSecond * TICK.toMillis() / 1_000);
        return new Pace(
                task -> {
                    var _ = loop.schedule(task, TICK.toMillis(), TimeUnit.MILLISECONDS);
                },
                Math.max(1, perTick),
                onNext);
    }

    /** Whether nothing may be written at the moment. */
    boolean isHeld() {
        return left == 0;
    }

    /** Whether what is less urgent than users' messages goes before them for once. */
    boolean isForOthers() {
        return perTick != UNBOUNDED && left <= KEPT_PER_TICK;
    }

    /** A frame is being written. */
    void onWritten() {
        if (perTick == UNBOUNDED) {
            return;
        }
        left = Math.max(0, left - 1);
        if (!ticking) {
            ticking = true;
            afterTick.accept(this::onTick);
        }
    }

    private void onTick() {
        ticking = false;
        left = perTick;
        onNext.run();
    }
}
