package io.socp.relay.presence;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * A user who is online. Immutable.
 *
 * @param key null when a peer advertised the user without one
 * @param displayName null when none is known
 * @param advertisedTs {@code ts} of the advertisement, by the home server's clock, Unix ms
 * @param advertisement the USER_ADVERTISE that tells others: replayed as it is
 */
@Immutable
public record PresentUser(
        UserId user,
        UserLocation location,
        @Nullable RsaPublicKey key,
        @Nullable String displayName,
        long advertisedTs,
        Advertisement advertisement) {

    PresentUser withKey(@Nullable RsaPublicKey known) {
        return new PresentUser(user, location, known, displayName, advertisedTs, advertisement);
    }
}
