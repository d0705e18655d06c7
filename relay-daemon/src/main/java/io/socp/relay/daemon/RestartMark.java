package io.socp.relay.daemon;

import io.socp.relay.time.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file by which a relay that starts finds out that it comes back: its users, and the peers that
 * know where the others are, will be there in a moment. Used before and after all else, from one
 * thread.
 */
final class RestartMark {

    /** A relay that was away for longer begins anew: nobody waits for it. */
    static final Duration AWAY_MAX = Duration.ofSeconds(60);

    /** How long a relay that comes back waits for those it does not find yet. */
    static final Duration RETURN = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(RestartMark.class);

    private final Path file;

    RestartMark(Path file) {
        this.file = file;
    }

    /** We go now. */
    void set(Moment now) {
        try {
            Files.writeString(file, Long.toString(now.epochMs()));
        } catch (IOException notKept) {
            LOG.warn("{} is not written: {}", file, notKept.getMessage());
        }
    }

    /** Whether we went a short while ago; asked once. */
    boolean isRestart(Moment now) {
        try {
            if (!Files.exists(file)) {
                return false;
            }
            long awayMs = now.epochMs() - Long.parseLong(Files.readString(file).strip());
            Files.delete(file);
            return awayMs >= 0 && awayMs <= AWAY_MAX.toMillis();
        } catch (IOException | NumberFormatException unreadable) {
            LOG.warn("{} is of no use: {}", file, unreadable.getMessage());
            return false;
        }
    }
}
