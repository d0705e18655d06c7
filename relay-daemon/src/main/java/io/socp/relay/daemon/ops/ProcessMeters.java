package io.socp.relay.daemon.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the process takes of the machine, read at each scrape. Thread-safe. */
@ThreadSafe
final class ProcessMeters implements AutoCloseable {

    private static final String BYTES = "bytes";
    private static final int BYTES_PER_KIB = 1_024;

    /** Linux alone has it: there, a line says {@code VmRSS: 123456 kB}. */
    private static final Path STATUS = Path.of("/proc/self/status");

    private static final String RESIDENT = "VmRSS:";

    private final JvmGcMetrics gc = new JvmGcMetrics();

    ProcessMeters(MeterRegistry registry) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        Gauge.builder("process.resident.memory", ProcessMeters::residentBytes)
                .baseUnit(BYTES)
                .description("Memory of the process that is in RAM")
                .register(registry);
        Gauge.builder("socp.direct.memory", DirectMemory::usedBytes)
                .baseUnit(BYTES)
                .description("Memory outside the heap for what is read and written")
                .register(registry);
        Gauge.builder("socp.direct.memory.max", DirectMemory::maxBytes)
                .baseUnit(BYTES)
                .description("How much of it there may be")
                .register(registry);
    }

    private static double residentBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(RESIDENT))
                    .mapToDouble(ProcessMeters::bytes)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException elsewhere) {
            return Double.NaN;
        }
    }

    private static double bytes(String line) {
        return Double.parseDouble(line.replaceAll("\\D", "")) * BYTES_PER_KIB;
    }

    @Override
    public void close() {
        gc.close();
    }
}
