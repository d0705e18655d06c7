package io.socp.relay.verify;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.message.ChatMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The proof a message needs on its link; decided by {@link LinkPolicy}, checked by RSA later. */
sealed interface Requirement {

    /** None: the message concerns nobody but the link it came on. */
    record LinkAlone() implements Requirement {}

    /** A transport signature under {@code key} where there is one; the frame may lack it. */
    record Greeting(RsaPublicKey key) implements Requirement {}

    /** A transport signature under one of these keys, tried in order. */
    record Transport(List<RsaPublicKey> keys) implements Requirement {
        public Transport {
            keys = List.copyOf(keys);
        }
    }

    /**
     * The author's proof: the transport signature if there is one, else the content signature.
     *
     * @param hop the key of the peer that passed the frame on, where it hosts the author: some sign
     *     anew in the author's place; null on the author's own link
     */
    record Author(RsaPublicKey key, ChatMessage.Authored message, @Nullable RsaPublicKey hop)
            implements Requirement {}
}
