package io.socp.relay.daemon.deliver;

import io.netty.channel.EventLoop;
import io.socp.relay.daemon.offload.Lane;
import io.socp.relay.engine.ControlPlane;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the control plane on its one loop. Thread-safe: anyone may post, the loop alone calls the
 * engine.
 *
 * <p>The effects of all events pass through one lane, so that they are signed by the pool, side by
 * side, and still carried out in the order of the events.
 */
@ThreadSafe
public final class ControlLoop {

    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

    /** How finely the mesh's timers run. */
    private static final Duration TICK = Duration.ofMillis(100);

    private final EventLoop loop;
    private final Lane lane;
    private final ControlPlane controlPlane;
    private final Courier courier;
    private final Ticker ticker;

    public ControlLoop(
            EventLoop loop, Lane lane, ControlPlane controlPlane, Courier courier, Ticker ticker) {
        this.loop = loop;
        this.lane = lane;
        this.controlPlane = controlPlane;
        this.courier = courier;
        this.ticker = ticker;
    }

    /** Starts the timers. */
    public void start() {
        var ticks =
                loop.scheduleAtFixedRate(
                        () -> onEvent(new RelayEvent.Tick()),
                        0,
                        TICK.toMillis(),
                        TimeUnit.MILLISECONDS);
        loop.terminationFuture().addListener(_ -> ticks.cancel(false));
    }

    /** Tells the control plane; after everything told before by the same thread. */
    public void post(RelayEvent event) {
        if (loop.isShuttingDown()) {
            return;
        }
        try {
            loop.execute(() -> onEvent(event));
        } catch (RejectedExecutionException stopped) {
            LOG.debug("{} came after the end", event.getClass().getSimpleName());
        }
    }

    private void onEvent(RelayEvent event) {
        List<RelayEffect> effects = new ArrayList<>();
        try {
            controlPlane.onEvent(event, ticker.now(), effects::add);
        } catch (RuntimeException bug) {
            // One event's bug must not stop the mesh; its effects so far are carried out.
            LOG.error("the control plane failed on {}", event.getClass().getSimpleName(), bug);
        }
        for (Errand errand : Errand.of(effects)) {
            carryOut(errand, event);
        }
    }

    private void carryOut(Errand errand, RelayEvent event) {
        lane.submit(
                () -> {
                    courier.prepare(errand.effects());
                    return errand.effects();
                },
                courier::carryOutInTurn,
                () -> LOG.error("effects of {} were lost", event.getClass().getSimpleName()));
    }
}
