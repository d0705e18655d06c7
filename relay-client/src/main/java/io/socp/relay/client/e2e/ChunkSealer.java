package io.socp.relay.client.e2e;

import io.socp.relay.crypto.Oaep;
import io.socp.relay.crypto.RsaPublicKey;

/** How the pieces of one file are sealed on their way out; made for one transfer. */
public interface ChunkSealer {

    /** Longest piece in a hybrid transfer. */
    int HYBRID_BYTES_MAX = 64 * 1024;

    /** Our own choice for everyone's files; others send 4 to 32 KiB. */
    int OPEN_BYTES_MAX = 8 * 1024;

    /** How much of the file goes into one piece. */
    int bytesMax();

    byte[] seal(int index, byte[] piece);

    /** For a stranger: one OAEP block a piece (SOCP §9.4, "same scheme as message"). */
    static ChunkSealer blocks(RsaPublicKey recipient) {
        return new ChunkSealer() {
            @Override
            public int bytesMax() {
                return Oaep.PLAINTEXT_BYTES_MAX;
            }

            @Override
            public byte[] seal(int index, byte[] piece) {
                return Oaep.encrypt(recipient, piece);
            }
        };
    }

    /** For everyone: the bytes as they are, which is what existing clients read. */
    static ChunkSealer open() {
        return new ChunkSealer() {
            @Override
            public int bytesMax() {
                return OPEN_BYTES_MAX;
            }

            @Override
            public byte[] seal(int index, byte[] piece) {
                return piece;
            }
        };
    }

    /** For one of our own clients. */
    static ChunkSealer hybrid(FileKey key, String fileId) {
        return new ChunkSealer() {
            @Override
            public int bytesMax() {
                return HYBRID_BYTES_MAX;
            }

            @Override
            public byte[] seal(int index, byte[] piece) {
                return key.seal(fileId, index, piece);
            }
        };
    }
}
