package io.socp.relay.client;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.UserId;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys a user has come to know others and servers by: the first key seen counts until a person
 * removes it. Implementations are thread-safe.
 */
public interface PinnedKeys {

    /** The key pinned for this user, or null. */
    @Nullable RsaPublicKey keyOf(UserId user);

    /**
     * Pins a key for a user who has none; from then on {@link #keyOf} answers it.
     *
     * @throws IOException when it could not be kept for the next time; it is pinned until the end
     *     of this process all the same
     */
    void pin(UserId user, RsaPublicKey key) throws IOException;

    /**
     * The key pinned to the server at this address, or null.
     *
     * @param authority {@code host:port}
     */
    @Nullable RsaPublicKey keyOfServer(String authority);

    /**
     * Pins a server's key to the address it was met at, or another one that a person has asked for.
     *
     * @throws IOException as above
     */
    void pinServer(String authority, RsaPublicKey key) throws IOException;

    /** Whether the server at this address has been met on links that prove their frames. */
    boolean provesFrames(String authority);

    /**
     * From now on the server at this address has only such links.
     *
     * @throws IOException as above
     */
    void pinFrames(String authority) throws IOException;

    /** Pins that last as long as this object. */
    static PinnedKeys inMemory() {
        Map<UserId, RsaPublicKey> keyByUser = new ConcurrentHashMap<>();
        Map<String, RsaPublicKey> keyByServer = new ConcurrentHashMap<>();
        Set<String> provenServers = ConcurrentHashMap.newKeySet();
        return new PinnedKeys() {
            @Override
            public @Nullable RsaPublicKey keyOf(UserId user) {
                return keyByUser.get(user);
            }

            @Override
            public void pin(UserId user, RsaPublicKey key) {
                keyByUser.put(user, key);
            }

            @Override
            public @Nullable RsaPublicKey keyOfServer(String authority) {
                return keyByServer.get(authority);
            }

            @Override
            public void pinServer(String authority, RsaPublicKey key) {
                keyByServer.put(authority, key);
            }

            @Override
            public boolean provesFrames(String authority) {
                return provenServers.contains(authority);
            }

            @Override
            public void pinFrames(String authority) {
                provenServers.add(authority);
            }
        };
    }
}
