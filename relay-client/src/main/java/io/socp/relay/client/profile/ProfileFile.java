package io.socp.relay.client.profile;

import io.socp.relay.ownership.Immutable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a profile on disk: mode 0600, replaced in one step, so that a crash leaves the old
 * file or the new one. Immutable; one process writes at a time.
 */
@Immutable
final class ProfileFile {

    /** A few thousand known keys. */
    static final int BYTES_MAX = 16 * 1024 * 1024;

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private final Path path;

    ProfileFile(Path path) {
        this.path = path;
    }

    /** The content, or null when there is no such file. */
    byte @Nullable [] read() throws ProfileException {
        byte[] bytes;
        try (var in = Files.newInputStream(path)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (NoSuchFileException missing) {
            return null;
        } catch (IOException unreadable) {
            throw failure("cannot be read", unreadable);
        }
        if (bytes.length > BYTES_MAX) {
            throw new ProfileException(
                    "profile " + path + " is longer than " + BYTES_MAX + " bytes", null);
        }
        return bytes;
    }

    /** Takes the file from everyone but its owner; it holds a private key. */
    void restrict() throws ProfileException {
        try {
            if (!Files.getPosixFilePermissions(path).equals(OWNER_ONLY)) {
                Files.setPosixFilePermissions(path, OWNER_ONLY);
            }
        } catch (IOException refused) {
            throw failure("cannot be made private (mode 0600)", refused);
        }
    }

    /** Writes beside the file, forces it to disk, then renames. */
    void write(byte[] bytes) throws ProfileException {
        Path target = path.toAbsolutePath();
        Path fresh = target.resolveSibling("." + target.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh); // left behind by a crash
            try (FileChannel channel =
                    FileChannel.open(
                            fresh,
                            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                            PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(
                    fresh,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException refused) {
            throw failure("cannot be written", refused);
        }
    }

    ProfileException corrupt(String what, @Nullable Throwable cause) {
        return new ProfileException("profile " + path + " is damaged: " + what, cause);
    }

    private ProfileException failure(String what, IOException cause) {
        String reason =
                switch (cause) {
                    case NoSuchFileException _ -> "no such directory";
                    case AccessDeniedException _ -> "permission denied";
                    case FileAlreadyExistsException _ -> "another process is writing it";
                    case FileSystemException e when e.getReason() != null -> e.getReason();
                    default -> String.valueOf(cause.getMessage());
                };
        return new ProfileException("profile " + path + " " + what + ": " + reason, cause);
    }
}
