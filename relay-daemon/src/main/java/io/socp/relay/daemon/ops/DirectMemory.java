package io.socp.relay.daemon.ops;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** Memory outside the heap for what is read and written. Thread-safe: reads counters. */
final class DirectMemory {

    private DirectMemory() {}

    /** Bytes in use: Netty counts its own where it may, the rest is in the JVM's pool. */
    static long usedBytes() {
        long used = Math.max(0, PlatformDependent.usedDirectMemory());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                used = Math.max(used, pool.getMemoryUsed());
            }
        }
        return used;
    }

    /** How many there may be. */
    static long maxBytes() {
        return PlatformDependent.maxDirectMemory();
    }

    static double usedPercent() {
        return 100.0 * usedBytes() / maxBytes();
    }
}
