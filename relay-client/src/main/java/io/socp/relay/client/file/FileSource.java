package io.socp.relay.client.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A file to be sent: read once for its digest, then once more piece by piece. Owner: opened by one
 * thread, then read by one other.
 */
public final class FileSource implements AutoCloseable {

    /** As much as our own clients take. */
    public static final long BYTES_MAX = ReceiveLimits.DEFAULT.fileBytesMax();

    private static final int BUFFER_BYTES = 256 * 1024;

    private final String name;
    private final FileChannel channel;
    private final long size;
    private final String sha256;
    private final MessageDigest sent = Sha256.digest();
    private long position;

    private FileSource(String name, FileChannel channel) throws IOException {
        this.name = name;
        this.channel = channel;
        this.size = channel.size();
        if (size > BYTES_MAX) {
            throw new IOException(name + " has " + size + " bytes, and the limit is " + BYTES_MAX);
        }
        this.sha256 = digest();
    }

    /** Opens and reads all of the file; the exception's message is for a person. */
    public static FileSource open(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException(path + " is not a file");
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException missing) {
            throw new IOException("there is no file " + path, missing);
        } catch (IOException refused) {
            throw new IOException(path + " cannot be read", refused);
        }
        try {
            return new FileSource(FileName.of(path), channel);
        } catch (IOException unusable) {
            channel.close();
            throw unusable;
        }
    }

    /** The last element of the path. */
    public String name() {
        return name;
    }

    public long size() {
        return size;
    }

    /** In hex. */
    public String sha256() {
        return sha256;
    }

    /** The next piece, empty at the end; fails when the file is not what was announced any more. */
    public byte[] next(int bytesMax) throws IOException {
        int bytes = (int) Math.min(bytesMax, size - position);
        if (bytes == 0) {
            if (!HexFormat.of().formatHex(sent.digest()).equals(sha256)) {
                throw new IOException(name + " has changed while it was sent");
            }
            return new byte[0];
        }
        ByteBuffer piece = ByteBuffer.allocate(bytes);
        while (piece.hasRemaining()) {
            if (channel.read(piece, position + piece.position()) < 0) {
                throw new IOException(name + " has become shorter while it was sent");
            }
        }
        position += bytes;
        sent.update(piece.array());
        return piece.array();
    }

    private String digest() throws IOException {
        MessageDigest digest = Sha256.digest();
        byte[] bytes = new byte[BUFFER_BYTES];
        long at = 0;
        while (at < size) {
            int wanted = (int) Math.min(bytes.length, size - at);
            int read = channel.read(ByteBuffer.wrap(bytes, 0, wanted), at);
            if (read < 0) {
                throw new IOException(name + " has become shorter while it was read");
            }
            digest.update(bytes, 0, read);
            at += read;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
