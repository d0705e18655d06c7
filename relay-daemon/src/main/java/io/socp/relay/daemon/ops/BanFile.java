package io.socp.relay.daemon.ops;

import io.socp.relay.limit.Bans;
import io.socp.relay.limit.Bans.Ban;
import io.socp.relay.limit.Bans.Kind;
import io.socp.relay.limit.Bans.Subject;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps bans over a restart: a line each, {@code UNTIL_MS KIND NAME REASON}, parted by tabs.
 * Thread-safe. Blocking: a file of some lines, replaced as a whole.
 */
@ThreadSafe
public final class BanFile {

    private static final int FIELDS = 4;

    private final Path file;

    public BanFile(Path file) {
        this.file = file;
    }

    /** The bans kept; the message of the exception names the line that is none. */
    public List<Ban> load() throws IOException {
        if (Files.notExists(file)) {
            return List.of();
        }
        List<Ban> bans = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            Ban ban = read(line);
            if (ban == null || bans.size() >= Bans.BANS_MAX) {
                throw new IOException(file + ", line " + number + ": no ban");
            }
            bans.add(ban);
        }
        return bans;
    }

    /** Replaces what is kept. */
    synchronized void save(List<Ban> bans) throws IOException {
        Path made = file.resolveSibling(file.getFileName() + ".new");
        Files.write(made, bans.stream().map(BanFile::line).toList());
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String line(Ban ban) {
        return String.join(
                "\t",
                String.valueOf(ban.untilMs()),
                ban.subject().kind().word(),
                oneLine(ban.subject().name()),
                oneLine(ban.reason()));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static @Nullable Ban read(String line) {
        String[] fields = line.split("\t", -1);
        try {
            return fields.length == FIELDS
                    ? new Ban(
                            new Subject(
                                    Kind.valueOf(fields[1].toUpperCase(Locale.ROOT)), fields[2]),
                            Long.parseLong(fields[0]),
                            fields[3])
                    : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
