package io.socp.relay.client.chat;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file with the lines typed before, readable by its owner alone. Immutable. */
@Immutable
final class HistoryFile {

    private static final Logger log = LoggerFactory.getLogger(HistoryFile.class);

    private static final String FILE_MODE = "rw-------";
    private static final String DIRECTORY_MODE = "rwx------";

    private final Path path;
    private final boolean isUsable;

    private HistoryFile(Path path, boolean isUsable) {
        this.path = path;
        this.isUsable = isUsable;
    }

    /** Made when missing; a chat works without one where that is impossible. */
    static HistoryFile in(Path directory) {
        Path path = directory.resolve("history");
        try {
            var directoryMode = PosixFilePermissions.fromString(DIRECTORY_MODE);
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(directoryMode));
            create(path);
            HistoryFile history = new HistoryFile(path, true);
            history.restrict();
            return history;
        } catch (IOException | UnsupportedOperationException unusable) {
            log.debug("no history", unusable);
            return new HistoryFile(path, false);
        }
    }

    Path path() {
        return path;
    }

    boolean isUsable() {
        return isUsable;
    }

    /** The line editor may have replaced the file. */
    void restrict() throws IOException {
        if (Files.exists(path)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(FILE_MODE));
        }
    }

    private static void create(Path path) throws IOException {
        try {
            var mode = PosixFilePermissions.fromString(FILE_MODE);
            Files.createFile(path, PosixFilePermissions.asFileAttribute(mode));
        } catch (FileAlreadyExistsException fromLastTime) {
            log.trace("history is there", fromLastTime);
        }
    }
}
