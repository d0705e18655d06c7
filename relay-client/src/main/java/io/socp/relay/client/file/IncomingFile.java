package io.socp.relay.client.file;

import io.socp.relay.client.e2e.ChunkOpener;
import io.socp.relay.client.e2e.FileKey;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file on its way in: the hidden file it is written to, and how far it has come. Confined to
 * the client's queue. Pieces must come in order, as all clients send them.
 */
final class IncomingFile {

    /** Why a transfer cannot go on; the reason is for a person. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        Broken(String reason) {
            super(reason);
            this.reason = reason;
        }

        Broken(String reason, Exception cause) {
            super(reason, cause);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    private static final Logger log = LoggerFactory.getLogger(IncomingFile.class);

    private final Manifest manifest;
    private final ChunkOpener opener;
    private final Downloads downloads;
    private final Path partial;
    private final FileChannel channel;
    private final MessageDigest digest = Sha256.digest();
    private int nextIndex;
    private long received;
    private long lastHeardNs;
    private boolean isSigned = true;

    private IncomingFile(Manifest manifest, ChunkOpener opener, Downloads downloads, Path partial)
            throws IOException {
        this.manifest = manifest;
        this.opener = opener;
        this.downloads = downloads;
        this.partial = partial;
        this.channel = downloads.create(partial);
    }

    static IncomingFile begin(Manifest manifest, IdentityKey reader, Downloads downloads)
            throws Broken {
        ChunkOpener opener = opener(manifest, reader);
        try {
            return new IncomingFile(manifest, opener, downloads, downloads.partial());
        } catch (IOException refused) {
            throw unwritable(refused);
        }
    }

    private static ChunkOpener opener(Manifest manifest, IdentityKey reader) throws Broken {
        if (manifest.isPublic()) {
            return ChunkOpener.open();
        }
        if (manifest.wrappedKey() == null) {
            return ChunkOpener.blocks(reader);
        }
        try {
            FileKey key = FileKey.unwrap(manifest.wrappedKey(), reader);
            return ChunkOpener.hybrid(key, manifest.fileId());
        } catch (GeneralSecurityException notForUs) {
            throw new Broken("its key is not wrapped for this user", notForUs);
        }
    }

    Manifest manifest() {
        return manifest;
    }

    long received() {
        return received;
    }

    long lastHeardNs() {
        return lastHeardNs;
    }

    /** A frame of this transfer has come, signed by its sender or not. */
    void heard(boolean isFrameSigned, long nowNs) {
        isSigned &= isFrameSigned;
        lastHeardNs = nowNs;
    }

    void chunk(long index, String ciphertext) throws Broken {
        if (index != nextIndex) {
            throw new Broken("piece " + index + " came where " + nextIndex + " was due");
        }
        byte[] piece = opened(ciphertext);
        if (received + piece.length > manifest.size()) {
            throw new Broken("it is longer than the " + manifest.size() + " bytes announced");
        }
        if (piece.length == 0 && nextIndex > 0) {
            throw new Broken("a piece is empty");
        }
        boolean isLast = received + piece.length == manifest.size();
        if (piece.length < ReceiveLimits.CHUNK_BYTES_MIN && !isLast) {
            throw new Broken(
                    "a piece has "
                            + piece.length
                            + " bytes, less than "
                            + ReceiveLimits.CHUNK_BYTES_MIN);
        }
        write(piece);
        digest.update(piece);
        received += piece.length;
        nextIndex++;
    }

    private byte[] opened(String ciphertext) throws Broken {
        byte[] piece;
        try {
            piece = opener.open(nextIndex, Base64Url.decode(ciphertext));
        } catch (IllegalArgumentException notBase64) {
            throw new Broken("piece " + nextIndex + " is not base64", notBase64);
        } catch (GeneralSecurityException unreadable) {
            throw new Broken("piece " + nextIndex + " cannot be decrypted", unreadable);
        }
        if (piece.length > ReceiveLimits.CHUNK_BYTES_MAX) {
            throw new Broken("a piece has more than " + ReceiveLimits.CHUNK_BYTES_MAX + " bytes");
        }
        return piece;
    }

    private void write(byte[] piece) throws Broken {
        ByteBuffer bytes = ByteBuffer.wrap(piece);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException refused) {
            throw unwritable(refused);
        }
    }

    /** Checks the whole and moves it to its place. */
    FileOutcome.Received end() throws Broken {
        if (received != manifest.size()) {
            throw new Broken("only " + received + " of " + manifest.size() + " bytes have come");
        }
        String sha256 = HexFormat.of().formatHex(digest.digest());
        if (!manifest.sha256().isEmpty() && !manifest.sha256().equals(sha256)) {
            throw new Broken("its SHA-256 is not the one announced");
        }
        try {
            channel.close();
            Path path = downloads.keep(partial, manifest.name());
            boolean isVerified = isSigned && !manifest.sha256().isEmpty();
            return new FileOutcome.Received(manifest, path, sha256, isVerified);
        } catch (IOException refused) {
            throw unwritable(refused);
        }
    }

    /** Leaves nothing behind; may be called after the end. */
    void discard() {
        try {
            channel.close();
            Files.deleteIfExists(partial);
        } catch (IOException leftBehind) {
            log.debug("a part of a file is left behind: {}", partial, leftBehind);
        }
    }

    private static Broken unwritable(IOException cause) {
        return new Broken("it cannot be written: " + cause.getMessage(), cause);
    }
}
