package io.socp.relay.client;

import io.socp.relay.client.session.ServerTrust;
import io.socp.relay.client.session.SessionOptions;
import io.socp.relay.crypto.RsaPublicKey;
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
            return Optional.of(
                    new ClientEvent.ClientError(
                            ClientErrorCode.PIN_NOT_SAVED, String.valueOf(notKept.getMessage())));
        }
    }
}
