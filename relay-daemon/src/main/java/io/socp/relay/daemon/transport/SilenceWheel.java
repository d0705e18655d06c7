package io.socp.relay.daemon.transport;

import io.netty.channel.EventLoop;
import io.socp.relay.ownership.EventLoopConfined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every connection of one loop from time to time, so that none needs a timer of its own.
 * Event-loop confined to that loop.
 *
 * <p>Connections are dealt out to {@value #SLOTS} slots, of which each tick looks at the next: when
 * ten thousand have nothing to say, their pings do not go out in one turn.
 */
@EventLoopConfined
final class SilenceWheel {

    /** Parts of the connections, of which one is looked at in a tick. */
    static final int SLOTS = 32;

    /**
     * Looks at each connection within the longest silence: it is noticed a quarter late at most.
     */
    static final int LOOKS = 4;

    private final EventLoop loop;
    private final long tickNs;
    private final List<List<Watched>> slots = new ArrayList<>(SLOTS);
    private int next;
    private int nextToFill;
    private int watched;
    private @Nullable ScheduledFuture<?> turning;

    /** A connection that says when it is gone. Called on the loop. */
    interface Watched {
        /** Another look; false when the connection is gone. */
        boolean look();
    }

    SilenceWheel(EventLoop loop, Duration silenceMax) {
        this.loop = loop;
        this.tickNs = silenceMax.toNanos() / (LOOKS * SLOTS);
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayList<>());
        }
    }

    /** Looks at it from now on, {@link #LOOKS} times in each longest silence. */
    void watch(Watched connection) {
        slots.get(nextToFill).add(connection);
        nextToFill = (nextToFill + 1) % SLOTS;
        watched++;
        if (turning == null) {
            turning = loop.scheduleAtFixedRate(this::tick, tickNs, tickNs, TimeUnit.NANOSECONDS);
        }
    }

    private void tick() {
        List<Watched> slot = slots.get(next);
        next = (next + 1) % SLOTS;
        // Whoever is gone meanwhile leaves now: until then it costs a place in a list.
        int before = slot.size();
        slot.removeIf(connection -> !connection.look());
        watched -= before - slot.size();
        if (watched == 0 && turning != null) {
            turning.cancel(false);
            turning = null;
        }
    }
}
