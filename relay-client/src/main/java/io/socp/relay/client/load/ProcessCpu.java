package io.socp.relay.client.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time another process has used, from {@code /proc}, in steps of 10 ms. */
final class ProcessCpu {

    /** USER_HZ, which Linux shows to programs as 100 on every architecture we run on. */
    private static final double TICKS_PER_SECOND = 100;

    /** utime and stime are fields 14 and 15; the name before them may hold spaces. */
    private static final int UTIME_AFTER_NAME = 11;

    private final Path stat;

    ProcessCpu(long pid) {
        this.stat = Path.of("/proc", Long.toString(pid), "stat");
    }

    double seconds() throws IOException {
        return seconds(Files.readString(stat));
    }

    static double seconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks =
                Long.parseLong(fields[UTIME_AFTER_NAME])
                        + Long.parseLong(fields[UTIME_AFTER_NAME + 1]);
        return ticks / TICKS_PER_SECOND;
    }
}
