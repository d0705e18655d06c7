package io.socp.relay.client;

import io.socp.relay.client.session.ServerTrust;
import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.FrameProof;
import java.io.IOException;
import java.util.Optional;

/** Servers' keys as users' keys are: the first one met at an address counts. Stateless. */
final class ServerPins {

    private ServerPins() {}

    /** With the key pinned to the server, unless a person has said which one or how to trust. */
    static SessionOptions applied(SessionOptions session, PinnedKeys pins) {
        return session.trust() instanceof ServerTrust.Identity(RsaPublicKey given) && given == null
                ? session.trusting(new ServerTrust.Identity(pins.keyOfServer(session.authority())))
                : session;
    }

    /** Why this is not the way to the server: it is known by links that prove their frames. */
    static Optional<SocpException> plainRefusal(SessionOptions session, PinnedKeys pins) {
        return session.isOverTls() || !pins.provesFrames(session.authority())
                ? Optional.empty()
                : Optional.of(missing(session, "use wss://"));
    }

    /** Whether the server is known to say in its welcome how its frames are proven. */
    static boolean wantsWelcome(SessionOptions session, PinnedKeys pins) {
        return pins.provesFrames(session.authority())
                && !(session.trust() instanceof ServerTrust.Authorities);
    }

    /** Why the server's welcome, after which frames are proven so, is not enough. */
    static Optional<SocpException> welcomeRefusal(
            SessionOptions session, PinnedKeys pins, FrameProof frames) {
        // With an authority a person has chosen another kind of trust, which shows no key.
        boolean isEnough = frames == FrameProof.LINK || !wantsWelcome(session, pins);
        return isEnough
                ? Optional.empty()
                : Optional.of(missing(session, "its welcome does not offer it any more"));
    }

    private static SocpException missing(SessionOptions session, String what) {
        return new SocpException(
                ClientErrorCode.LINK_AUTH_MISSING,
                "the server at "
                        + session.authority()
                        + " was met with link authentication over TLS: "
                        + what
                        + ", or remove it from link_auth_servers in the profile");
    }

    /** The server's links prove their frames; says so if that cannot be kept. */
    static Optional<ClientEvent> rememberFrames(SessionOptions session, PinnedKeys pins) {
        try {
            pins.pinFrames(session.authority());
            return Optional.empty();
        } catch (IOException notKept) {
            return Optional.of(notSaved(notKept));
        }
    }

    private static ClientEvent notSaved(IOException why) {
        return new ClientEvent.ClientError(
                ClientErrorCode.PIN_NOT_SAVED, String.valueOf(why.getMessage()));
    }

    /** The server has proven this key, and it is the right one; says so if it cannot be kept. */
    static Optional<ClientEvent> remember(
            SessionOptions session, PinnedKeys pins, RsaPublicKey key) {
        if (key.equals(pins.keyOfServer(session.authority()))) {
            return Optional.empty();
        }
        try {
            pins.pinServer(session.authority(), key);
            return Optional.empty();
        } catch (IOException notKept) {
            return Optional.of(notSaved(notKept));
        }
    }
}
