package io.socp.relay.daemon.ops;

import io.socp.relay.limit.Pressure;
import io.socp.relay.limit.Pressure.Level;
import io.socp.relay.ownership.EventLoopConfined;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the memory in use once in a while, and tells the {@link Pressure}. Event-loop confined
 * to whoever looks.
 *
 * <p>Of the heap counts what the last collection of the old generation has left: until the next one
 * it fills with garbage, in the course of things. So while something is shed and there is no
 * collection by itself, one is asked for from time to time: else nobody would learn that there is
 * room again.
 */
@EventLoopConfined
public final class MemoryWatch {

    /** Between looks. */
    public static final Duration INTERVAL = Duration.ofMillis(500);

    /** Looks at the same level after which a collection is asked for. */
    static final int LOOKS_PER_COLLECTION = 60;

    private static final Logger LOG = LoggerFactory.getLogger("io.socp.relay.operator");

    private final Pressure pressure;
    private final DoubleSupplier heapPercent;
    private final DoubleSupplier directPercent;
    private final Runnable collect;
    private int looks;

    /** Looks at this process. */
    public MemoryWatch(Pressure pressure) {
        this(pressure, MemoryWatch::heap, DirectMemory::usedPercent, System::gc);
    }

    MemoryWatch(
            Pressure pressure,
            DoubleSupplier heapPercent,
            DoubleSupplier directPercent,
            Runnable collect) {
        this.pressure = pressure;
        this.heapPercent = heapPercent;
        this.directPercent = directPercent;
        this.collect = collect;
    }

    /** One look. */
    public void look() {
        double heap = heapPercent.getAsDouble();
        double direct = directPercent.getAsDouble();
        looks++;
        if (pressure.onUse(Math.max(heap, direct))) {
            looks = 0;
            tell(heap, direct);
        }
        if (pressure.level() == Level.NONE) {
            looks = 0;
        } else if (looks >= LOOKS_PER_COLLECTION) {
            looks = 0;
            collect.run();
        }
    }

    private void tell(double heap, double direct) {
        if (pressure.level() == Level.NONE) {
            LOG.info(
                    "memory suffices again: {} % of the heap, {} % direct",
                    (int) heap, (int) direct);
        } else {
            LOG.warn(
                    "memory is short, {} and what comes before it is refused: {} % of the heap, {}"
                            + " % direct",
                    pressure.level(), (int) heap, (int) direct);
        }
    }

    /** What is left of the fullest pool of long-lived objects after its collection. */
    private static double heap() {
        double fullest = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage left = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            // The young ones are full and empty again all the time.
            boolean isYoung = pool.getName().matches(".*(?:Eden|Survivor|Young).*");
            if (left != null && left.getMax() > 0 && !isYoung) {
                fullest = Math.max(fullest, 100.0 * left.getUsed() / left.getMax());
            }
        }
        return fullest;
    }
}
