package io.socp.relay.daemon.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.socp.relay.daemon.deliver.FrameWatch.Destination;
import io.socp.relay.daemon.deliver.FrameWatch.Loss;
import io.socp.relay.engine.Outcome.Verdict;
import io.socp.relay.ownership.ThreadSafe;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long messages and news take, and which messages reach nobody. Thread-safe. */
@ThreadSafe
final class DeliveryMeters {

    private final Map<Destination, Timer> relayed = new EnumMap<>(Destination.class);
    private final Timer gossip;
    private final Map<Reason, Counter> undeliverable = new EnumMap<>(Reason.class);

    /** Why a message reached nobody. */
    private enum Reason {
        /** Nobody of that name is here or anywhere, or no way leads there. */
        NO_RECIPIENT,
        /** The recipient was just leaving. */
        LEFT,
        /** Too much waits for the recipient's server. */
        NO_ROOM,
        /** A piece of a file, where files have taken their part of the room. */
        FILE,
        /** The recipient's server was away for too long. */
        EXPIRED
    }

    DeliveryMeters(MeterRegistry registry) {
        for (Destination to : Destination.values()) {
            relayed.put(
                    to,
                    Timer.builder("socp.relay.duration")
                            .description(
                                    "From reading a user's frame to writing it, of one in sixteen")
                            .tag("to", word(to))
                            .publishPercentileHistogram()
                            .minimumExpectedValue(Duration.ofNanos(100_000))
                            .maximumExpectedValue(Duration.ofMinutes(1))
                            .register(registry));
        }
        gossip =
                Timer.builder("socp.gossip.lag")
                        .description(
                                "Age of peers' news when they are taken up, by both ends' clocks")
                        .publishPercentileHistogram()
                        .minimumExpectedValue(Duration.ofMillis(1))
                        .maximumExpectedValue(Duration.ofMinutes(2))
                        .register(registry);
        for (Reason reason : Reason.values()) {
            undeliverable.put(
                    reason,
                    Counter.builder("socp.undeliverable")
                            .description("Users' messages that reached nobody, by why")
                            .tag("reason", word(reason))
                            .register(registry));
        }
    }

    void onFrame(Verdict verdict) {
        if (verdict == Verdict.UNDELIVERABLE) {
            count(Reason.NO_RECIPIENT);
        }
    }

    void onGivenUp(Loss loss) {
        count(
                switch (loss) {
                    case NO_ROOM -> Reason.NO_ROOM;
                    case FILE -> Reason.FILE;
                    case EXPIRED -> Reason.EXPIRED;
                });
    }

    void onLeft() {
        count(Reason.LEFT);
    }

    void onRelayed(Destination to, long durationNs) {
        Timer timer = relayed.get(to);
        if (timer != null) {
            timer.record(durationNs, TimeUnit.NANOSECONDS);
        }
    }

    void onGossip(long lagMs) {
        gossip.record(lagMs, TimeUnit.MILLISECONDS);
    }

    private void count(Reason reason) {
        Counter counter = undeliverable.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
