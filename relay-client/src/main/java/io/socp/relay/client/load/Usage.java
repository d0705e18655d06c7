package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.util.List;

/**
 * What was used between two moments. Immutable.
 *
 * @param relayCpuSeconds NaN when no process is known
 * @param rssBefore resident bytes of the relays at the first moment, 0 when no process is known
 */
@Immutable
public record Usage(
        double seconds,
        double relayCpuSeconds,
        double generatorCpuSeconds,
        long rssBefore,
        long rssAfter) {

    /** The first of the two moments. */
    record Start(long nanos, ProcessUsage relays, ProcessUsage generator, List<Long> pids) {

        static Start now(List<Long> pids) throws IOException {
            ProcessUsage generator = ownUsage();
            return new Start(System.nanoTime(), ProcessUsage.of(pids), generator, pids);
        }

        Usage untilNow() throws IOException {
            ProcessUsage nowRelays = ProcessUsage.of(pids);
            double seconds = (System.nanoTime() - nanos) / 1e9;
            return new Usage(
                    seconds,
                    nowRelays.cpuSeconds() - relays.cpuSeconds(),
                    ownUsage().cpuSeconds() - generator.cpuSeconds(),
                    relays.rssBytes(),
                    nowRelays.rssBytes());
        }

        private static ProcessUsage ownUsage() throws IOException {
            return ProcessUsage.of(List.of(ProcessHandle.current().pid()));
        }
    }
}
