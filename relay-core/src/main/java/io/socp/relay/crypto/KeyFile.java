package io.socp.relay.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Set;

/**
 * A private key on disk: PKCS#8 PEM, mode 0600, complete or absent, never replaced.
 *
 * <p>Every failure is an {@link IOException} whose message is one line and names the file, but
 * never shows its contents.
 */
final class KeyFile {

    /** An RSA-4096 key has about 3300 bytes. */
    static final int BYTES_MAX = 64 * 1024;

    private KeyFile() {}

    static IdentityKey load(Path file) throws IOException {
        try {
            return IdentityKey.fromPem(text(file));
        } catch (GeneralSecurityException e) {
            throw new IOException("identity key " + file + " is not usable: " + e.getMessage(), e);
        }
    }

    private static String text(Path file) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (IOException e) {
            throw named("read", file, e);
        }
        if (bytes.length > BYTES_MAX) {
            throw new IOException(
                    "identity key " + file + " is not usable: exceeds " + BYTES_MAX + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Writes beside the file, forces it to disk, then gives it its name in one step. */
    static void save(Path file, String pem) throws IOException {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling("." + target.getFileName() + ".new");
        try {
            write(temporary, pem);
            try {
                publish(temporary, target);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw named("write", file, e);
        }
    }

    private static void write(Path temporary, String pem) throws IOException {
        var owner = PosixFilePermissions.fromString("rw-------");
        var options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        Files.deleteIfExists(temporary); // left behind by a crash
        try (var channel =
                FileChannel.open(temporary, options, PosixFilePermissions.asFileAttribute(owner))) {
            ByteBuffer bytes = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** A hard link fails when the name is taken; a rename would replace the other key. */
    private static void publish(Path temporary, Path target) throws IOException {
        try {
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException _) {
            Files.move(temporary, target); // no hard links here; still refuses a taken name
        }
    }

    private static IOException named(String verb, Path file, IOException cause) {
        String reason =
                switch (cause) {
                    case NoSuchFileException _ -> "no such file or directory";
                    case AccessDeniedException _ -> "permission denied";
                    case FileAlreadyExistsException _ -> "file exists and is not replaced";
                    case FileSystemException e when e.getReason() != null -> e.getReason();
                    default -> String.valueOf(cause.getMessage());
                };
        return new IOException("cannot " + verb + " identity key " + file + ": " + reason, cause);
    }
}
