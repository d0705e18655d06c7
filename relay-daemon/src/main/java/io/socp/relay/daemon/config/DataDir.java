package io.socp.relay.daemon.config;

import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds what makes this server itself: {@code server.id}, a UUID, and {@code
 * server.key.pem}, its private key. Both are made at the first start and reused.
 *
 * <p>Held open and locked while the relay runs: two relays with one identity would fight for every
 * peer. Blocking.
 */
public final class DataDir implements AutoCloseable {

    private static final String ID_FILE = "server.id";
    private static final String KEY_FILE = "server.key.pem";
    private static final String LOCK_FILE = "lock";

    private final Path dir;
    private final IdentityKey key;
    private final FileChannel lockFile;
    private volatile ServerId id;

    private DataDir(Path dir, ServerId id, IdentityKey key, FileChannel lockFile) {
        this.dir = dir;
        this.id = id;
        this.key = key;
        this.lockFile = lockFile;
    }

    /** Opens the directory; makes it, and what belongs in it, when missing. */
    public static DataDir open(Path dir) throws ConfigurationException {
        try {
            if (Files.notExists(dir)) {
                Files.createDirectories(
                        dir,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException refused) {
            throw new ConfigurationException(
                    "data directory " + dir.toAbsolutePath() + " cannot be made: " + why(refused));
        }
        FileChannel lockFile = lock(dir);
        try {
            return new DataDir(dir, id(dir.resolve(ID_FILE)), key(dir.resolve(KEY_FILE)), lockFile);
        } catch (ConfigurationException unusable) {
            closeQuietly(lockFile);
            throw unusable;
        }
    }

    public ServerId id() {
        return id;
    }

    /** Takes another id, now and at every later start; the key stays. */
    public void adopt(ServerId assigned) throws IOException {
        write(dir.resolve(ID_FILE), assigned);
        id = assigned;
    }

    /** A file of this name in the directory; it may not exist. */
    public Path file(String name) {
        return dir.resolve(name);
    }

    public IdentityKey key() {
        return key;
    }

    @Override
    public void close() {
        closeQuietly(lockFile);
    }

    private static FileChannel lock(Path dir) throws ConfigurationException {
        try {
            FileChannel channel =
                    FileChannel.open(
                            dir.resolve(LOCK_FILE),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new ConfigurationException(
                        "data directory " + dir.toAbsolutePath() + " is in use by another relay");
            }
            return channel;
        } catch (IOException unwritable) {
            throw new ConfigurationException(
                    "data directory "
                            + dir.toAbsolutePath()
                            + " is not writable: "
                            + why(unwritable));
        }
    }

    /** The lock, released when the channel closes; null when someone else has it. */
    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldInThisProcess) {
            return null;
        }
    }

    private static ServerId id(Path file) throws ConfigurationException {
        try {
            if (Files.notExists(file)) {
                write(file, new ServerId(UUID.randomUUID().toString()));
            }
            String text = Files.readString(file).strip();
            if (!IdRule.UUID_V4.accepts(text)) {
                throw new ConfigurationException(
                        file.toAbsolutePath() + " does not hold a UUID version 4");
            }
            return new ServerId(text);
        } catch (IOException failed) {
            throw new ConfigurationException(
                    "server id " + file.toAbsolutePath() + " cannot be used: " + why(failed));
        }
    }

    private static void write(Path file, ServerId id) throws IOException {
        Path made = file.resolveSibling(ID_FILE + ".new");
        Files.writeString(made, id + "\n");
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static IdentityKey key(Path file) throws ConfigurationException {
        try {
            if (Files.notExists(file)) {
                IdentityKey made = IdentityKey.generate();
                made.save(file);
                return made;
            }
            return IdentityKey.load(file);
        } catch (IOException failed) {
            throw new ConfigurationException(
                    "server key " + file.toAbsolutePath() + " cannot be used: " + why(failed));
        }
    }

    private static String why(IOException failure) {
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : " " + message);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException nothingToDo) {
            // The process is about to end, and the lock with it.
        }
    }
}
