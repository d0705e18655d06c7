package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.socp.relay.crypto.IdentityKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A corpus on disk: {@code SOCPBENCH1}, keys, payloads and bytes of text as three ints, each key
 * (PEM) and each frame's tail with its length in front, and SHA-256 over all of it. Of mode 0600,
 * since the keys are private, though worth nothing.
 */
public final class CorpusFile {

    private static final byte[] MAGIC = "SOCPBENCH1".getBytes(US_ASCII);
    private static final int DIGEST_BYTES = 32;
    private static final long FILE_BYTES_MAX = 512L << 20;
    private static final int KEY_BYTES_MAX = 8 * 1024;
    private static final int TAIL_BYTES_MAX = 128 * 1024;

    private CorpusFile() {}

    /** Where a corpus is kept unless told otherwise: one file for each kind. */
    public static Path standardPlace(CorpusSpec spec, Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path root =
                cache.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(cache);
        return root.resolve("socp")
                .resolve(
                        "bench-%d-%d-%d.corpus"
                                .formatted(spec.keys(), spec.payloads(), spec.textBytes()));
    }

    /**
     * The corpus of a file, which is made when missing.
     *
     * @throws CorpusException when the file holds another corpus, or none
     */
    public static Corpus open(Path file, CorpusSpec spec) throws IOException {
        if (Files.exists(file)) {
            Corpus found = read(file);
            if (!found.spec().equals(spec)) {
                throw new CorpusException(file, "holds " + found.spec() + ", not " + spec);
            }
            return found;
        }
        Corpus made = Corpus.create(spec, System.nanoTime());
        write(file, made);
        return made;
    }

    static void write(Path file, Corpus corpus) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        CorpusSpec spec = corpus.spec();
        out.write(MAGIC);
        out.writeInt(spec.keys());
        out.writeInt(spec.payloads());
        out.writeInt(spec.textBytes());
        for (int i = 0; i < spec.keys(); i++) {
            writePart(out, corpus.key(i).toPem().getBytes(US_ASCII));
        }
        for (int i = 0; i < corpus.size(); i++) {
            writePart(out, corpus.tail(i));
        }
        out.write(sha256(bytes.toByteArray(), bytes.size()));
        put(file.toAbsolutePath(), bytes.toByteArray());
    }

    /** Under another name first: a run that is cut short leaves no half file. */
    private static void put(Path file, byte[] bytes) throws IOException {
        Path directory = file.getParent();
        if (directory == null) {
            throw new CorpusException(file, "is a root directory");
        }
        Files.createDirectories(directory);
        Path half =
                Files.createTempFile(
                        directory,
                        "bench",
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(half, bytes, StandardOpenOption.WRITE);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException plain) {
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(half);
        }
    }

    static Corpus read(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new CorpusException(file, "is larger than " + FILE_BYTES_MAX + " bytes");
        }
        byte[] bytes = Files.readAllBytes(file);
        int length = bytes.length - DIGEST_BYTES;
        if (length < MAGIC.length
                || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new CorpusException(file, "is no corpus of this version");
        }
        if (!Arrays.equals(
                sha256(bytes, length), Arrays.copyOfRange(bytes, length, bytes.length))) {
            throw new CorpusException(file, "is damaged: its SHA-256 is wrong");
        }
        try (DataInputStream in =
                new DataInputStream(
                        new ByteArrayInputStream(bytes, MAGIC.length, length - MAGIC.length))) {
            return read(in);
        } catch (IOException | IllegalArgumentException | GeneralSecurityException malformed) {
            throw new CorpusException(file, "is malformed: " + malformed.getMessage());
        }
    }

    private static Corpus read(DataInputStream in) throws IOException, GeneralSecurityException {
        CorpusSpec spec = new CorpusSpec(in.readInt(), in.readInt(), in.readInt());
        List<IdentityKey> keys = new ArrayList<>();
        for (int i = 0; i < spec.keys(); i++) {
            keys.add(IdentityKey.fromPem(new String(readPart(in, KEY_BYTES_MAX), US_ASCII)));
        }
        List<byte[]> tails = new ArrayList<>();
        for (int i = 0; i < spec.payloadsOfAKey() * spec.keys(); i++) {
            tails.add(readPart(in, TAIL_BYTES_MAX));
        }
        return new Corpus(spec, keys, tails);
    }

    private static void writePart(DataOutputStream out, byte[] part) throws IOException {
        out.writeInt(part.length);
        out.write(part);
    }

    private static byte[] readPart(DataInputStream in, int bytesMax) throws IOException {
        int length = in.readInt();
        Bounds.check("the length of a part", length, 1, bytesMax);
        byte[] part = new byte[length];
        in.readFully(part);
        return part;
    }

    private static byte[] sha256(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
