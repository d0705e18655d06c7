package io.socp.relay.daemon.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the log says, how, and where. Immutable.
 *
 * @param format of each line
 * @param levels by logger; {@link #ROOT} is all that are not named
 * @param audit where operators' orders are written: {@link #STDERR} with all else, {@link #STDOUT},
 *     or a file, to whose end they are added
 */
public record LogOptions(Format format, Map<String, String> levels, String audit) {

    /** All loggers. */
    public static final String ROOT = "ROOT";

    public static final String STDERR = "stderr";
    public static final String STDOUT = "stdout";

    private static final Set<String> LEVELS =
            Set.of("trace", "debug", "info", "warn", "error", "off");

    /** How a line is written. */
    public enum Format {
        /** For people. */
        TEXT,
        /** For machines: one JSON object a line. */
        JSON
    }

    public LogOptions {
        levels = Map.copyOf(levels);
    }

    /** What runs when nothing is configured. */
    public static LogOptions standard() {
        return new LogOptions(Format.TEXT, Map.of(ROOT, "info"), STDERR);
    }

    /** These options with all of the wanted ones that can change while lines are written. */
    public LogOptions takingUp(LogOptions wanted) {
        return new LogOptions(format, wanted.levels, wanted.audit);
    }

    /**
     * Reads levels as operators write them: {@code info,io.netty=debug}.
     *
     * @throws IllegalArgumentException for what is none; the message says so
     */
    public static Map<String, String> levels(String text) {
        Map<String, String> levels = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String logger = equals < 0 ? ROOT : part.substring(0, equals).strip();
            String level = part.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
            if (!LEVELS.contains(level) || logger.isEmpty()) {
                throw new IllegalArgumentException(
                        "must be like info or info,io.socp.relay.daemon=debug, of trace, debug,"
                                + " info, warn, error and off; not "
                                + text);
            }
            if (levels.put(logger, level) != null) {
                throw new IllegalArgumentException("names " + logger + " twice");
            }
        }
        levels.putIfAbsent(ROOT, "info");
        return levels;
    }
}
