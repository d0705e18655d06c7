package io.socp.relay.client;

import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.identity.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Who a client speaks as: id, key pair, the name shown to others, and whom the user knows.
 *
 * @param displayName null for none
 */
public record ClientIdentity(
        UserId user, IdentityKey key, @Nullable String displayName, PinnedKeys pinnedKeys) {}
