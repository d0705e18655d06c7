package io.socp.relay.client.e2e;

import io.socp.relay.crypto.IdentityKey;
import java.security.GeneralSecurityException;

/** The reader's side of {@link ChunkSealer}; made for one transfer. */
@FunctionalInterface
public interface ChunkOpener {

    byte[] open(int index, byte[] sealed) throws GeneralSecurityException;

    static ChunkOpener blocks(IdentityKey reader) {
        return (_, sealed) -> reader.decrypt(sealed);
    }

    static ChunkOpener open() {
        return (_, piece) -> piece;
    }

    static ChunkOpener hybrid(FileKey key, String fileId) {
        return (index, sealed) -> key.open(fileId, index, sealed);
    }
}
