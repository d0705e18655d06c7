package io.socp.relay.verify;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.Immutable;
import org.jspecify.annotations.Nullable;

/** Whom the other end of a link has shown itself to be. Immutable. */
@Immutable
public sealed interface LinkIdentity {

    /** Connected to us and has not said hello yet. */
    record Stranger(TlsPeer tls) implements LinkIdentity {

        public Stranger() {
            this(new TlsPeer.None());
        }
    }

    /**
     * An introducer we dialled whose welcome is still due.
     *
     * @param pinned the key the bootstrap file pins; null where it pins none
     */
    record Introducer(@Nullable RsaPublicKey pinned, TlsPeer tls) implements LinkIdentity {

        public Introducer(@Nullable RsaPublicKey pinned) {
            this(pinned, new TlsPeer.None());
        }
    }

    /** A local user, by the key of its hello. */
    record User(UserId user, RsaPublicKey key, PresenceFeed presence, FrameProof frames)
            implements LinkIdentity {

        /** One whose frames are proven by their signatures. */
        public User(UserId user, RsaPublicKey key, PresenceFeed presence) {
            this(user, key, presence, FrameProof.SIGNATURE);
        }
    }

    /** A peer, by the key pinned to its id. */
    record Server(ServerId server, RsaPublicKey key, FrameProof frames) implements LinkIdentity {

        /** One whose frames are proven by their signatures. */
        public Server(ServerId server, RsaPublicKey key) {
            this(server, key, FrameProof.SIGNATURE);
        }
    }

    /** What proves frames on this link, in both directions. */
    default FrameProof frames() {
        return FrameProof.SIGNATURE;
    }

    /** What TLS has shown of whoever is still to introduce itself. */
    default TlsPeer tls() {
        return new TlsPeer.None();
    }

    /**
     * The same end on a link whose TLS handshake has shown this. Whoever is known by then has said
     * nothing that contradicts it; that a peer's link is bound so is remembered with the link.
     */
    default LinkIdentity over(TlsPeer tls) {
        return switch (this) {
            case Stranger _ -> new Stranger(tls);
            case Introducer(RsaPublicKey pinned, _) -> new Introducer(pinned, tls);
            case User _, Server _ -> this;
        };
    }

    /** Whether a user is told of everybody's coming and going, as the standard has it. */
    enum PresenceFeed {
        /** Every USER_ADVERTISE and USER_REMOVE is passed on. */
        PUSHED,
        /** The client asked for silence: it lists users when it wants to know. */
        ASKED
    }
}
