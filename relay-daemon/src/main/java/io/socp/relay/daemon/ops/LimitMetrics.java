package io.socp.relay.daemon.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.socp.relay.limit.AddressAccounts;
import io.socp.relay.limit.Pressure;
import io.socp.relay.limit.Pressure.Level;
import io.socp.relay.limit.Refusal;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * The measures of limits: who was turned away, banned and shed. Thread-safe: reads live parts.
 *
 * @param refused connections turned away, by why
 */
@ThreadSafe
public record LimitMetrics(
        ToLongFunction<Refusal> refused,
        Pressure pressure,
        AddressAccounts accounts,
        AddressBans bans) {

    void bindTo(MeterRegistry registry) {
        for (Refusal why : Refusal.values()) {
            FunctionCounter.builder(
                            "socp.connections.refused", this, m -> m.refused.applyAsLong(why))
                    .description("Connections turned away at the door")
                    .tag("reason", word(why))
                    .register(registry);
        }
        for (Level kind : Level.values()) {
            if (kind != Level.NONE) {
                FunctionCounter.builder("socp.shed", pressure, p -> p.shed(kind))
                        .description("Frames given up because the relay was short of memory")
                        .tag("kind", word(kind))
                        .register(registry);
            }
        }
        Gauge.builder("socp.memory.pressure", pressure, p -> p.level().step())
                .description("What is shed: 0 nothing, 1 files, 2 public, 3 hellos, 4 direct too")
                .register(registry);
        Gauge.builder("socp.addresses", accounts, AddressAccounts::size)
                .description("Addresses whose use of the limits is remembered")
                .register(registry);
        FunctionCounter.builder("socp.addresses.banned", bans, AddressBans::ordered)
                .description("Addresses banned for a time because of wrong signatures")
                .register(registry);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
