package io.socp.relay.client.file;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * The directory that received files go to. Immutable; made with the first file, for its owner alone
 * (mode 0700, files 0600).
 *
 * <p>A file is hidden under a random name until it is whole, then gets its own; one that is there
 * is never replaced.
 */
@Immutable
public final class Downloads {

    /** Files of one name. */
    static final int NUMBER_MAX = 999;

    private static final FileAttribute<?> DIRECTORY_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path directory;

    public Downloads(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /** A name for what is on its way. */
    Path partial() throws IOException {
        Files.createDirectories(directory, DIRECTORY_MODE);
        return directory.resolve("." + UUID.randomUUID() + ".part");
    }

    /** A new file to write to. */
    FileChannel create(Path partial) throws IOException {
        return FileChannel.open(
                partial,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                FILE_MODE);
    }

    /**
     * Gives a whole file its name, or the first numbered one that is free, and says where it is.
     *
     * @param name as the sender wrote it
     */
    Path keep(Path partial, String name) throws IOException {
        String safe = FileName.safe(name);
        for (int number = 0; number <= NUMBER_MAX; number++) {
            Path target = inside(number == 0 ? safe : FileName.numbered(safe, number));
            try {
                Files.createFile(target, FILE_MODE); // ours from here on, whoever else writes here
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
            return Files.move(
                    partial,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        throw new IOException("there are " + NUMBER_MAX + " files of the name " + safe);
    }

    private Path inside(String name) throws IOException {
        Path target = directory.resolve(name).normalize();
        if (!directory.equals(target.getParent())) {
            throw new IOException("a file may not be written to " + target);
        }
        return target;
    }
}
