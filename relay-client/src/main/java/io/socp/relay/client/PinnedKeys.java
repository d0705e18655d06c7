package io.socp.relay.client;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.UserId;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys a user has come to know others by: the first key seen counts until a person removes it.
 * Implementations are thread-safe.
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

    /** Pins that last as long as this object. */
    static PinnedKeys inMemory() {
        Map<UserId, RsaPublicKey> keyByUser = new ConcurrentHashMap<>();
        return new PinnedKeys() {
            @Override
            public @Nullable RsaPublicKey keyOf(UserId user) {
                return keyByUser.get(user);
            }

            @Override
            public void pin(UserId user, RsaPublicKey key) {
                keyByUser.put(user, key);
            }
        };
    }
}
