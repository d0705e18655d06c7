package io.socp.relay.verify;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.Immutable;
import org.jspecify.annotations.Nullable;

/** What a link's TLS handshake has shown of its other end. Immutable. */
@Immutable
public sealed interface TlsPeer {

    /** No TLS, or none yet: the other end is whoever its signatures say, frame by frame. */
    record None() implements TlsPeer {}

    /** Nobody else can read or change the link, and who is at its other end is not known. */
    record Anonymous() implements TlsPeer {}

    /** The other end holds a TLS key that this identity key has signed for. */
    record Proven(RsaPublicKey key) implements TlsPeer {}

    /** Whether this key is another than the handshake has proven; no key contradicts nothing. */
    default boolean contradicts(@Nullable RsaPublicKey key) {
        return key != null && this instanceof Proven(RsaPublicKey proven) && !proven.equals(key);
    }

    /** The key by which a first message introduces its sender; null where it shows none. */
    static @Nullable RsaPublicKey shownIn(SocpMessage first) {
        return switch (first) {
            case UserHello hello -> hello.key();
            case Greeting greeting -> greeting.key();
            case SocpMessage _ -> null;
        };
    }
}
