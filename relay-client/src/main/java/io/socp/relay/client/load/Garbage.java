package io.socp.relay.client.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks another JVM of this user to collect its garbage, by the JDK's {@code jcmd}. */
final class Garbage {

    private static final Logger log = LoggerFactory.getLogger(Garbage.class);

    private static final long PATIENCE_S = 30;

    private Garbage() {}

    /** Whether it did; a process that is no JVM just does not. */
    static boolean collectIn(long pid) throws InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process process =
                    new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException absent) {
            log.warn("no garbage is collected in process {}: {}", pid, absent.getMessage());
            return false;
        }
    }
}
