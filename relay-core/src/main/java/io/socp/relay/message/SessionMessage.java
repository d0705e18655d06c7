package io.socp.relay.message;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import org.jspecify.annotations.Nullable;

/** Opens or closes a user's session (SOCP §9.1, §6). */
public sealed interface SessionMessage extends SocpMessage {

    /**
     * USER_HELLO: a user's first frame.
     *
     * @param client name of the client software, for logs
     * @param key verifies what the user signs
     * @param encryptionKey encrypts for the user; the same key where the user has one
     * @param displayName the name others may show ({@code meta.display_name}), null when not given
     * @param extensions what the client understands beyond the standard; null from a plain client,
     *     which then gets plain SOCP v1.3 to the letter
     */
    record UserHello(
            UserId user,
            String client,
            RsaPublicKey key,
            RsaPublicKey encryptionKey,
            @Nullable String displayName,
            @Nullable JsonObject extensions)
            implements SessionMessage {
        @Override
        public MessageType type() {
            return MessageType.USER_HELLO;
        }
    }

    /** USER_WELCOME (extension): the hello was accepted; who the relay is. */
    record UserWelcome(ServerId server, RsaPublicKey key, JsonObject extensions)
            implements SessionMessage {
        @Override
        public MessageType type() {
            return MessageType.USER_WELCOME;
        }
    }

    /**
     * CTRL_CLOSE: the other end is about to close.
     *
     * @param retryMs extension: how long after the close to wait before connecting anew, here or
     *     elsewhere; null as in the standard, which has no such word
     */
    record CtrlClose(@Nullable Long retryMs) implements SessionMessage {

        /** As the standard has it. */
        public CtrlClose() {
            this(null);
        }

        @Override
        public MessageType type() {
            return MessageType.CTRL_CLOSE;
        }
    }
}
