package io.socp.relay.client.load;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes have used so far, from {@code /proc}: CPU in steps of 10 ms, memory as the kernel
 * counts it. Immutable.
 *
 * @param cpuSeconds user and system time of all of them; NaN of none
 * @param rssBytes resident memory of all of them, 0 of none
 */
@Immutable
record ProcessUsage(double cpuSeconds, long rssBytes) {

    /** USER_HZ, which Linux shows to programs as 100 on every architecture we run on. */
    private static final double TICKS_PER_SECOND = 100;

    /** utime and stime are fields 14 and 15; the name before them may hold spaces. */
    private static final int UTIME_AFTER_NAME = 11;

    private static final long KB = 1024;

    /** Reads them now; {@link IOException} in plain words when one is not there. */
    static ProcessUsage of(List<Long> pids) throws IOException {
        double cpuSeconds = pids.isEmpty() ? Double.NaN : 0;
        long rssBytes = 0;
        for (long pid : pids) {
            Path process = Path.of("/proc", Long.toString(pid));
            try {
                cpuSeconds += cpuSeconds(Files.readString(process.resolve("stat")));
                rssBytes += rssBytes(process);
            } catch (NoSuchFileException gone) {
                throw new IOException("there is no process " + pid + " here", gone);
            }
        }
        return new ProcessUsage(cpuSeconds, rssBytes);
    }

    private static long rssBytes(Path process) throws IOException {
        try {
            return kilobytes(Files.readString(process.resolve("smaps_rollup")), "Rss:");
        } catch (java.nio.file.AccessDeniedException foreign) {
            return kilobytes(Files.readString(process.resolve("status")), "VmRSS:");
        }
    }

    static double cpuSeconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks =
                Long.parseLong(fields[UTIME_AFTER_NAME])
                        + Long.parseLong(fields[UTIME_AFTER_NAME + 1]);
        return ticks / TICKS_PER_SECOND;
    }

    /** The bytes behind a name in a list of {@code Name: 123 kB}. */
    static long kilobytes(String list, String name) throws IOException {
        return list.lines()
                        .filter(line -> line.startsWith(name))
                        .map(line -> line.substring(name.length()).strip().split(" ")[0])
                        .mapToLong(Long::parseLong)
                        .findFirst()
                        .orElseThrow(() -> new IOException("no " + name + " in /proc"))
                * KB;
    }
}
