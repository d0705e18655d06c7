package io.socp.relay.verify;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.message.LinkChallenge;
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

    /**
     * Nobody else can read or change the link, and who is at its other end is not known.
     *
     * @param challenge what the other end was shown beside our identity, to sign in its hello; null
     *     where it was shown no identity
     */
    record Anonymous(@Nullable LinkChallenge challenge) implements TlsPeer {

        public Anonymous() {
            this(null);
        }
    }

    /** The other end holds a TLS key that this identity key has signed for. */
    record Proven(RsaPublicKey key) implements TlsPeer {}

    /** Whether this key is another than the handshake has proven; no key contradicts nothing. */
    default boolean contradicts(@Nullable RsaPublicKey key) {
        return key != null && this instanceof Proven(RsaPublicKey proven) && !proven.equals(key);
    }

    /** Whether a hello signs what the other end was shown on this very link. */
    default boolean isAnsweredBy(UserHello hello) {
        return this instanceof Anonymous(LinkChallenge shown)
                && shown != null
                && LinkChallenge.read(hello.extensions()).filter(shown::equals).isPresent();
    }

    /**
     * Whether a first message is not its sender's own: under another key than was proven, or a
     * greeting of one of our own relays, which prove their key on every link they open over TLS.
     */
    default boolean contradicts(SocpMessage first) {
        return switch (first) {
            case UserHello hello -> contradicts(hello.key());
            case Greeting greeting ->
                    contradicts(greeting.key())
                            || (this instanceof Anonymous && greeting.extensions() != null);
            case SocpMessage _ -> false;
        };
    }
}
