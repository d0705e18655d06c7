package io.socp.relay.client.session;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * What a session tells its owner. Called on the session's event loop, in the order in which things
 * happened; must return at once.
 */
public interface SessionListener {

    /** The TLS handshake has proven the server's identity key. Comes before anything else. */
    default void onSecured(RsaPublicKey key) {}

    /**
     * The server has taken the hello. Comes before any frame.
     *
     * @param first the envelope that said so, perhaps a USER_WELCOME; null after silence
     */
    void onAccepted(@Nullable Envelope first);

    /** Any later frame that is an envelope. */
    void onEnvelope(Envelope envelope);

    /** A frame that is none; {@code detail} names what is wrong with it. */
    void onUnreadableFrame(String detail);

    /** The last call; comes exactly once, also when the session never began. */
    void onEnd(SessionEnd end);
}
