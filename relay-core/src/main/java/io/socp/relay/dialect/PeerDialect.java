package io.socp.relay.dialect;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.ownership.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * What the server at the other end of a link reads: the form of keys and its manner. Immutable.
 *
 * @param keys the only container many servers can read, which is the one they write
 */
@Immutable
public record PeerDialect(KeyContainer keys, Manner manner) {

    /** The standard to the letter; keys as base64url of DER. */
    public static final PeerDialect STANDARD =
            new PeerDialect(KeyContainer.DER_BASE64URL, Manner.STANDARD);

    /** Habits of servers that exist, by what can be seen of them. */
    public enum Manner {
        /** One of our own relays: it has announced our extensions. */
        OWN,
        /** The standard's fields are enough. */
        STANDARD
    }

    /**
     * Recognises a server by its greeting or its welcome.
     *
     * @param key as it wrote it
     * @param extensions null where it announced none
     */
    public static PeerDialect of(RsaPublicKey key, @Nullable JsonObject extensions) {
        return new PeerDialect(key.container(), extensions == null ? Manner.STANDARD : Manner.OWN);
    }
}
