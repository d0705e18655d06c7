package io.socp.relay.client.session;

import io.socp.relay.crypto.RsaPublicKey;

/** Why a session is over. */
public sealed interface SessionEnd {

    /** One line for a person. */
    String reason();

    /** Nobody answered, or not as a WebSocket server. */
    record NotConnected(String reason) implements SessionEnd {}

    /** On a {@code wss://} connection the server has proven another key than is pinned to it. */
    record ServerKeyChanged(RsaPublicKey pinned, RsaPublicKey shown) implements SessionEnd {
        @Override
        public String reason() {
            return "the server proves key "
                    + shown.fingerprint()
                    + ", but "
                    + pinned.fingerprint()
                    + " is pinned to it: either its key has changed, or someone else answers";
        }
    }

    /** The server answered the hello with an ERROR. */
    record HelloRefused(String code, String detail) implements SessionEnd {
        @Override
        public String reason() {
            return detail.isEmpty() ? code : code + ": " + detail;
        }
    }

    /**
     * The connection was there and is not any more.
     *
     * @param code the server's close code; 0 where it has shown none
     */
    record Lost(String reason, int code) implements SessionEnd {

        /** Without a word. */
        public Lost(String reason) {
            this(reason, 0);
        }
    }

    /** We closed it. */
    record ClosedHere(String reason) implements SessionEnd {}
}
